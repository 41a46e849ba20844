// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sandgraft.h"

#include <type_traits>

namespace sandgraft::c {

/// Makes the exception that is being handled an error of the caller's.
void report(sandgraft_error** error) noexcept;

template <class Result>
constexpr Result failed() noexcept {
    if constexpr (std::is_same_v<Result, int>) return -1;
    return Result{};
}

/// What every function of the interface does that can fail: nothing thrown passes it.
template <class Body>
auto guard(sandgraft_error** error, Body body) noexcept -> decltype(body()) {
    try {
        return body();
    } catch (...) {
        report(error);
        return failed<decltype(body())>();
    }
}

/// The same of something that returns nothing.
template <class Body>
bool guard_void(sandgraft_error** error, Body body) noexcept {
    return guard(error, [&] {
        body();
        return true;
    });
}

}  // namespace sandgraft::c
