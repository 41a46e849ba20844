// SPDX-License-Identifier: LGPL-2.1-or-later
// Enumerations count from 0; this table says how far. That every value is the same in C is for tests/c-abi to check.
#pragma once

#include "guard.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/host.hpp>

#include <string>
#include <type_traits>
#include <vector>

namespace sandgraft::c {

template <class Value>
concept Enumeration = std::is_enum_v<Value>;

template <Enumeration>
inline constexpr int last = -1;

template <>
inline constexpr int last<Driver> = SANDGRAFT_DRIVER_QEMU;
template <>
inline constexpr int last<SwapLimit> = SANDGRAFT_SWAP_LIMIT_SWAP;
template <>
inline constexpr int last<Channel> = SANDGRAFT_CHANNEL_CONSOLE;
template <>
inline constexpr int last<Readiness> = SANDGRAFT_READINESS_READY;
template <>
inline constexpr int last<Exit::How> = SANDGRAFT_EXIT_HOW_NOT_STARTED;
template <>
inline constexpr int last<SandboxInfo::State> = SANDGRAFT_SANDBOX_INFO_STATE_RUNNING;
template <>
inline constexpr int last<SandboxEvent::Kind> = SANDGRAFT_SANDBOX_EVENT_KIND_STOPPED;
template <>
inline constexpr int last<UnitProfile> = SANDGRAFT_UNIT_PROFILE_BARE;
template <>
inline constexpr int last<UnitEdit::Kind> = SANDGRAFT_UNIT_EDIT_KIND_REMOVE;
template <>
inline constexpr int last<UnitState> = SANDGRAFT_UNIT_STATE_MASKED;
template <>
inline constexpr int last<UnitJob::Type> = SANDGRAFT_UNIT_JOB_TYPE_STOP;
template <>
inline constexpr int last<UnitFinding::Kind> = SANDGRAFT_UNIT_FINDING_KIND_REFUSED;
template <>
inline constexpr int last<UnitFinding::Severity> = SANDGRAFT_UNIT_FINDING_SEVERITY_ERROR;
template <>
inline constexpr int last<UnitChange::Kind> = SANDGRAFT_UNIT_CHANGE_KIND_CHANGED;

/// @throws Error invalid for a number that the enumeration does not have.
template <Enumeration Value>
Value enumerator(int number) {
    static_assert(last<Value> > 0, "the table above has a row for each enumeration");
    if (number < 0 || number > last<Value>)
        throw Error(ErrorCode::invalid, "the enumeration has no value " + std::to_string(number));
    return static_cast<Value>(number);
}

/// The word that to_string() has for a value, which stays; NULL where there is no such value.
template <Enumeration Value>
const char* word(int number) noexcept {
    return guard(nullptr, [&] {
        static const std::vector<std::string> words = [] {
            std::vector<std::string> all;
            for (int i = 0; i <= last<Value>; ++i) all.emplace_back(to_string(static_cast<Value>(i)));
            return all;
        }();
        return words[static_cast<std::size_t>(enumerator<Value>(number))].c_str();
    });
}

}  // namespace sandgraft::c
