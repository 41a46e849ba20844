// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

namespace {

using Source = decltype(Mount::source);
static_assert(std::variant_size_v<Source> == SANDGRAFT_MOUNT_KIND_MASK + 1, "each source is a kind, with its fields");

/// An empty source of each kind, in the order of the variant.
template <std::size_t... kinds>
Source empty_source(int kind, std::index_sequence<kinds...>) {
    const Source sources[] = {Source(std::in_place_index<kinds>)...};
    if (kind < 0 || kind >= static_cast<int>(sizeof...(kinds)))
        throw Error(ErrorCode::invalid, "there is no kind " + std::to_string(kind) + " of mounts");
    return sources[kind];
}

/// The source of that type; NULL where the mount has another.
template <class Kind>
const Kind* source_of(const sandgraft_mount* mount) noexcept {
    return mount == nullptr ? nullptr : std::get_if<Kind>(&value(mount)->source);
}

/// A field of the source of a mount that must have it.
template <class Kind, class Field>
Field& demand(sandgraft_mount* mount, Field Kind::*field) {
    if (auto* source = std::get_if<Kind>(&the(mount).source)) return source->*field;
    throw Error(ErrorCode::invalid, "a mount of this kind has nothing of the sort");
}

template <class Kind, class Field>
bool set_source(sandgraft_mount* mount, Field Kind::*field, Field given, sandgraft_error** error) noexcept {
    return guard_void(error, [&] { assign(demand(mount, field), given); });
}

}  // namespace

sandgraft_mount* sandgraft_mount_new(sandgraft_mount_kind kind, const char* target, sandgraft_error** error) {
    return guard(error, [&] {
        constexpr auto kinds = std::make_index_sequence<std::variant_size_v<Source>>();
        return give(Mount{.target = text(target), .source = empty_source(kind, kinds)});
    });
}

sandgraft_mount* sandgraft_mount_parse(const char* option, sandgraft_error** error) {
    return guard(error, [&] { return give(parse_mount(text(option))); });
}

char* sandgraft_mount_to_option(const sandgraft_mount* mount, sandgraft_error** error) {
    return guard(error, [&] { return give_text(to_option(the(mount))); });
}

sandgraft_mounts* sandgraft_mounts_in_order(const sandgraft_mounts* list, sandgraft_error** error) {
    return guard(error, [&] { return give(in_mount_order(the(list))); });
}

sandgraft_mount* sandgraft_mount_copy(const sandgraft_mount* mount, sandgraft_error** error) {
    return copy(mount, error);
}

bool sandgraft_mount_equal(const sandgraft_mount* mount, const sandgraft_mount* other) { return equal(mount, other); }

void sandgraft_mount_free(sandgraft_mount* mount) { release(mount); }

sandgraft_mount_kind sandgraft_mount_get_kind(const sandgraft_mount* mount) {
    return mount == nullptr ? 0 : static_cast<int>(value(mount)->source.index());
}

const char* sandgraft_mount_get_target(const sandgraft_mount* mount) { return get(mount, &Mount::target); }

bool sandgraft_mount_set_target(sandgraft_mount* mount, const char* target, sandgraft_error** error) {
    return set(mount, &Mount::target, target, error);
}

bool sandgraft_mount_get_read_only(const sandgraft_mount* mount) { return get(mount, &Mount::read_only); }

bool sandgraft_mount_set_read_only(sandgraft_mount* mount, bool read_only, sandgraft_error** error) {
    return set(mount, &Mount::read_only, read_only, error);
}

bool sandgraft_mount_get_suid(const sandgraft_mount* mount) { return get(mount, &Mount::suid); }

bool sandgraft_mount_set_suid(sandgraft_mount* mount, bool suid, sandgraft_error** error) {
    return set(mount, &Mount::suid, suid, error);
}

bool sandgraft_mount_get_dev(const sandgraft_mount* mount) { return get(mount, &Mount::dev); }

bool sandgraft_mount_set_dev(sandgraft_mount* mount, bool dev, sandgraft_error** error) {
    return set(mount, &Mount::dev, dev, error);
}

const char* sandgraft_mount_get_path(const sandgraft_mount* mount) {
    if (const auto* bind = source_of<GuestBind>(mount)) return bind->path.c_str();
    return field_of(source_of<HostBind>(mount), &HostBind::path);
}

bool sandgraft_mount_set_path(sandgraft_mount* mount, const char* path, sandgraft_error** error) {
    return guard_void(error, [&] {
        const bool in_guest = std::holds_alternative<GuestBind>(the(mount).source);
        assign(in_guest ? demand(mount, &GuestBind::path) : demand(mount, &HostBind::path), path);
    });
}

uint64_t sandgraft_mount_get_bytes(const sandgraft_mount* mount) {
    return field_of(source_of<Ram>(mount), &Ram::bytes);
}

bool sandgraft_mount_set_bytes(sandgraft_mount* mount, uint64_t bytes, sandgraft_error** error) {
    return set_source(mount, &Ram::bytes, bytes, error);
}

const void* sandgraft_mount_get_content(const sandgraft_mount* mount, size_t* size) {
    const auto* file = source_of<File>(mount);
    if (size != nullptr) *size = file == nullptr ? 0 : file->content.size();
    return field_of(file, &File::content);
}

bool sandgraft_mount_set_content(sandgraft_mount* mount, const void* content, size_t size, sandgraft_error** error) {
    return guard_void(error, [&] {
        auto& field = demand(mount, &File::content);
        if (content == nullptr && size != 0) throw Error(ErrorCode::invalid, "NULL was given for a content");
        field.assign(static_cast<const char*>(content), size);
    });
}

uint32_t sandgraft_mount_get_mode(const sandgraft_mount* mount) {
    return field_of(source_of<File>(mount), &File::mode);
}

bool sandgraft_mount_set_mode(sandgraft_mount* mount, uint32_t mode, sandgraft_error** error) {
    return set_source(mount, &File::mode, mode, error);
}

uint32_t sandgraft_mount_get_uid(const sandgraft_mount* mount) { return field_of(source_of<File>(mount), &File::uid); }

bool sandgraft_mount_set_uid(sandgraft_mount* mount, uint32_t uid, sandgraft_error** error) {
    return set_source(mount, &File::uid, uid, error);
}

uint32_t sandgraft_mount_get_gid(const sandgraft_mount* mount) { return field_of(source_of<File>(mount), &File::gid); }

bool sandgraft_mount_set_gid(sandgraft_mount* mount, uint32_t gid, sandgraft_error** error) {
    return set_source(mount, &File::gid, gid, error);
}
