// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sandgraft::units {

enum class UnitType : std::uint8_t {
    service,
    socket,
    target,
    device,
    mount,
    automount,
    swap,
    timer,
    path,
    slice,
    scope,
};

/// "service", "socket", ...: the suffix of the type's units.
std::string_view to_string(UnitType type);
std::optional<UnitType> unit_type_from_suffix(std::string_view suffix);

/// The section of the type's own settings ("Service", ...); empty for the types that have none.
std::string_view own_section(UnitType type);

enum class NameKind : std::uint8_t { invalid, plain, template_, instance };

/// A unit name taken apart; the views are into the name that was given.
struct UnitName {
    NameKind kind = NameKind::invalid;
    UnitType type = UnitType::service;
    std::string_view prefix;                   ///< before '@', or before the suffix
    std::optional<std::string_view> instance;  ///< between '@' and the suffix; set also when empty (a template)

    explicit operator bool() const noexcept { return kind != NameKind::invalid; }
};

/// Takes a name apart as systemd does: at most 255 bytes, a known suffix, only letters, digits and ":-_.\@".
UnitName parse_unit_name(std::string_view name);

/// Whether units of the type can have templates and instances.
bool may_be_template(UnitType type);

/// A name that can be loaded as a unit: plain or an instance.
bool is_loadable_name(std::string_view name);

/// The name of a template of a type that can have some.
bool is_template_name(std::string_view name);

/// "foo@.service" of "foo@bar.service"; empty when the name is no instance.
std::string template_of(std::string_view instance_name);

/// "foo@bar.service" of "foo@.service" or "foo@x.service" and "bar"; empty when the result is no valid name.
std::string with_instance(std::string_view name, std::string_view instance);

/// The last part of a path.
std::string_view base_name(std::string_view path);

/// '/' becomes '-'; a leading '.' and what may not stand in a unit name becomes \xNN.
std::string escape(std::string_view text);
/// The inverse of escape(); nullopt when an escape is malformed.
std::optional<std::string> unescape(std::string_view text);

/// A normalized absolute path as the prefix of a mount, device, automount or swap unit; "/" becomes "-". nullopt when
/// the path is not absolute or holds "..".
std::optional<std::string> escape_path(std::string_view path);
std::optional<std::string> unescape_path(std::string_view text);

/// "var-lib.mount" of "/var/lib" and UnitType::mount.
std::optional<std::string> name_from_path(std::string_view path, UnitType type);

/// Duplicate slashes, "." components and a trailing slash removed.
std::string simplify_path(std::string_view path);
/// What a file in a directory can be called: neither "." nor "..", without a slash, at most 255 bytes.
bool is_file_name(std::string_view name);

/// Absolute and without "." and ".." components.
bool is_normalized_path(std::string_view path);

}  // namespace sandgraft::units
