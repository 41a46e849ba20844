// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/mount.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace sandgraft::model {

using Source = decltype(Mount::source);

template <class Alternative, std::size_t index = 0>
constexpr std::size_t source_index() {
    if constexpr (std::is_same_v<Alternative, std::variant_alternative_t<index, Source>>)
        return index;
    else
        return source_index<Alternative, index + 1>();
}

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
    std::size_t index;
    Maker maker;
    TargetKind target;
    Storage storage;
};

template <class Alternative>
constexpr SourceFacts source(Maker maker, TargetKind target, Storage storage) {
    return {source_index<Alternative>(), maker, target, storage};
}

/// The one place that says what a source is; the model, the domain, the preflight and, over the wire, init ask it.
inline constexpr std::array source_facts = {
    source<HostBind>(Maker::hypervisor, TargetKind::as_host_source, Storage::host),
    source<GuestBind>(Maker::init, TargetKind::as_guest_source, Storage::guest),
    source<Ram>(Maker::hypervisor, TargetKind::directory, Storage::memory),
    source<File>(Maker::init, TargetKind::file, Storage::none),
    source<Mask>(Maker::init, TargetKind::anything, Storage::none),
};
static_assert(covers_sources(source_facts));

constexpr const SourceFacts& facts_of(const Mount& mount) { return source_facts[mount.source.index()]; }

/// The path whose kind the target of a mount must have; empty where the target depends on none.
const std::string& path_of(const Mount& mount);

/// The bytes of a mount that travel in the description itself.
std::uint64_t carried_bytes(const Mount& mount);

/// Whether one mount makes sense by itself.
void check_mount(const Mount& mount);

}  // namespace sandgraft::model
