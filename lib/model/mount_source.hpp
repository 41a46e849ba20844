// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/overload.hpp"
#include "model/option_keys.hpp"

#include <sandgraft/mount.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace sandgraft::model {

using Source = decltype(Mount::source);

/// Whether a table has one row for each source, in the order of Mount::source; a row has an `index`.
template <class Row, std::size_t size>
constexpr bool covers_sources(const std::array<Row, size>& table) {
    bool in_order = size == std::variant_size_v<Source>;
    for (std::size_t i = 0; in_order && i < size; ++i) in_order = table[i].index == i;
    return in_order;
}

/// Who makes a mount: the hypervisor before the sandbox's init runs, or init.
enum class Maker { hypervisor, init };

/// What the target of a mount has to be.
enum class TargetKind {
    as_host_source,   ///< a directory or none, as path_of() is on the host
    as_guest_source,  ///< likewise in the guest
    directory,
    file,
    anything,  ///< or nothing: such a mount takes what is there
};

/// Where that lies which a mount shows, and so what is created in it.
enum class Storage {
    host,    ///< nothing is ever created there
    guest,   ///< at another place of the sandbox
    memory,  ///< targets can be created in it
    none,    ///< no target can be created in it
};

/// What there is to know of a source when a mount is made of it.
struct SourceFacts {
    Maker maker;
    TargetKind target;
    Storage storage;
};

/// A source as such, and how it is written as an option string.
struct SourceType {
    std::size_t index;
    SourceFacts facts;
    std::string_view name;
    unsigned required;  ///< keys, besides type and target
    unsigned optional;  ///< keys, besides readonly
    Source (*get)(const Given& given);
    void (*put)(Fields& out, const Source& source);
};

/// The one place that says what a source is, in the order of Mount::source; the model, the domain, the preflight and,
/// over the wire, init ask it.
std::span<const SourceType> source_types();

inline const SourceType& type_of(const Mount& mount) { return source_types()[mount.source.index()]; }

inline const SourceFacts& facts_of(const Mount& mount) { return type_of(mount).facts; }

/// The path whose kind the target of a mount must have; empty where the target depends on none.
const std::string& path_of(const Mount& mount);

/// The bytes of a mount that travel in the description itself.
std::uint64_t carried_bytes(const Mount& mount);

/// Whether one mount makes sense by itself.
void check_mount(const Mount& mount);

}  // namespace sandgraft::model
