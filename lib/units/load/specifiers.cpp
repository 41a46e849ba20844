// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/specifiers.hpp"

#include "units/load/root.hpp"
#include "units/load/unit.hpp"

#include "base/text.hpp"

#include <sys/utsname.h>
#include <unistd.h>
#include <climits>

namespace sandgraft::units {

namespace {

using Expansion = std::optional<std::string>;

constexpr std::size_t longest_text = 1024 * 1024;
constexpr std::size_t longest_name = 255;

Expansion required(const std::string& value) { return value.empty() ? Expansion{} : Expansion(value); }

Expansion system_specifier(char letter, const SpecifierValues& values) {
    switch (letter) {
        case 'm': return required(values.machine_id);
        case 'b': return required(values.boot_id);
        case 'H': return values.host_name;
        case 'l': return values.short_host_name;
        case 'q': return values.pretty_host_name;
        case 'v': return values.kernel;
        case 'a': return values.architecture;
        case 'o': return values.os_id;
        case 'w': return values.os_version_id;
        case 'B': return values.os_build_id;
        case 'W': return values.os_variant_id;
        case 'M': return values.image_id;
        case 'A': return values.image_version;
        case 'u': return values.user;
        case 'U': return values.uid;
        case 'g': return values.group;
        case 'G': return values.gid;
        default: return std::nullopt;
    }
}

std::string_view last_component(std::string_view prefix) {
    const auto dash = prefix.rfind('-');
    return dash == std::string_view::npos ? prefix : prefix.substr(dash + 1);
}

Expansion name_specifier(char letter, const Unit& unit) {
    switch (letter) {
        case 'n': return std::string(unit.id);
        case 'N': return std::string(unit.id.substr(0, unit.id.rfind('.')));
        case 'p': return std::string(unit.prefix);
        case 'i': return std::string(unit.instance);
        case 'j': return std::string(last_component(unit.prefix));
        default: return std::nullopt;
    }
}

Expansion path_specifier(char letter, const Unit& unit, const SpecifierValues& values) {
    switch (letter) {
        case 'f': return unescape_path(unit.is_instance ? unit.instance : unit.prefix);
        case 'I': return unescape(unit.instance);
        case 'J': return unescape(last_component(unit.prefix));
        case 'P': return unescape(unit.prefix);
        case 't': return values.runtime;
        case 'S': return values.state;
        case 'C': return values.cache;
        case 'L': return values.logs;
        case 'E': return values.configuration;
        case 'T': return values.tmp;
        case 'V': return values.var_tmp;
        case 'd': return values.credentials + "/" + std::string(unit.id);
        case 'h': return values.home;
        case 's': return values.shell;
        case 'y': return std::string(unit.fragment_path);
        case 'Y': return std::string(unit.fragment_path.substr(0, unit.fragment_path.rfind('/')));
        // Control groups, before the unit has one; the manager's own is the root of its namespace.
        case 'c': return '/' + std::string(unit.id);
        case 'r':
        case 'R': return std::string();
        default: return std::nullopt;
    }
}

constexpr std::string_view name_letters = "nNpij";
constexpr std::string_view root_letters = "mbHlqvaowBWMA";
constexpr std::string_view system_letters = "mbHlqvaowBWMAuUgG";
constexpr std::string_view path_letters = "fIJPtSCLETVdhsyYcrR";

bool holds(std::string_view letters, char c) { return letters.find(c) != std::string_view::npos; }

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Walks over the text and asks `expand_letter` for each specifier. A percent sign before something that cannot be one
/// stands for itself.
template <class ExpandLetter>
Expansion expand_with(std::string_view text, std::size_t longest, ExpandLetter expand_letter) {
    std::string out;
    while (!text.empty()) {
        const auto percent = text.find('%');
        out.append(text.substr(0, percent));
        if (percent == std::string_view::npos) break;
        text.remove_prefix(percent + 1);
        if (text.empty() || !is_alphanumeric(text[0])) {
            out += '%';
            if (!text.starts_with('%')) continue;
        } else {
            const auto value = expand_letter(text[0]);
            if (!value) return std::nullopt;
            out.append(*value);
        }
        text.remove_prefix(1);
        if (out.size() > longest) return std::nullopt;
    }
    return out.size() > longest ? Expansion{} : Expansion(std::move(out));
}

/// The value of KEY= in an os-release file.
std::string release_field(std::string_view text, std::string_view key) {
    std::string found;
    for (auto line : base::split(text, '\n')) {
        line = base::trim(line);
        if (!line.starts_with(key) || line.substr(key.size(), 1) != "=") continue;
        auto value = line.substr(key.size() + 1);
        if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0])
            value = value.substr(1, value.size() - 2);
        found = value;
    }
    return found;
}

void take_os_release(const Root& root, SpecifierValues& values) {
    std::string text = root.read_small("/etc/os-release");
    if (text.empty()) text = root.read_small("/usr/lib/os-release");
    values.os_id = release_field(text, "ID");
    values.os_version_id = release_field(text, "VERSION_ID");
    values.os_build_id = release_field(text, "BUILD_ID");
    values.os_variant_id = release_field(text, "VARIANT_ID");
    values.image_id = release_field(text, "IMAGE_ID");
    values.image_version = release_field(text, "IMAGE_VERSION");
}

std::string architecture_name(std::string_view machine) {
    if (machine == "x86_64") return "x86-64";
    if (machine == "aarch64") return "arm64";
    if (machine == "i686" || machine == "i586" || machine == "i486" || machine == "i386") return "x86";
    if (machine == "ppc64le") return "ppc64-le";
    return std::string(machine);
}

std::string without_dashes(std::string text) {
    std::erase(text, '-');
    return text;
}

std::string read_host_name(const Root& root) {
    if (root.directory() != "/") return std::string(base::trim(root.read_small("/etc/hostname")));
    std::string name(HOST_NAME_MAX + 1, '\0');
    if (::gethostname(name.data(), name.size()) < 0) return {};
    name.resize(name.find('\0'));
    return name;
}

void take_host_names(const Root& root, SpecifierValues& values) {
    values.host_name = read_host_name(root);
    values.short_host_name = values.host_name.substr(0, values.host_name.find('.'));
    values.pretty_host_name = release_field(root.read_small("/etc/machine-info"), "PRETTY_HOSTNAME");
    if (values.pretty_host_name.empty()) values.pretty_host_name = values.short_host_name;
}

void take_kernel(SpecifierValues& values) {
    struct utsname system {};
    if (::uname(&system) != 0) return;
    values.kernel = system.release;
    values.architecture = architecture_name(system.machine);
}

std::string boot_id() {
    return without_dashes(std::string(base::trim(Root("/").read_small("/proc/sys/kernel/random/boot_id"))));
}

}  // namespace

SpecifierValues SpecifierValues::from_root(const Root& root) {
    SpecifierValues values;
    for (const char specifier : std::string_view("mbHvo")) read_root_value(root, specifier, values);
    return values;
}

std::string root_specifiers(std::string_view text) {
    std::string letters;
    for (auto at = text.find('%'); at != std::string_view::npos && at + 1 < text.size(); at = text.find('%', at + 2))
        if (holds(root_letters, text[at + 1])) letters += text[at + 1];
    return letters;
}

void read_root_value(const Root& root, char specifier, SpecifierValues& values) {
    switch (specifier) {
        case 'm': values.machine_id = std::string(base::trim(root.read_small("/etc/machine-id"))); break;
        case 'b': values.boot_id = boot_id(); break;
        case 'H':
        case 'l':
        case 'q': take_host_names(root, values); break;
        case 'v':
        case 'a': take_kernel(values); break;
        default: take_os_release(root, values); break;
    }
}

std::optional<std::string> expand_name(const Unit& unit, const SpecifierValues& values, std::string_view text) {
    return expand_with(text, longest_name, [&](char letter) -> Expansion {
        if (holds(name_letters, letter)) return name_specifier(letter, unit);
        if (holds(system_letters, letter)) return system_specifier(letter, values);
        return std::nullopt;
    });
}

std::optional<std::string> expand(const Unit& unit, const SpecifierValues& values, std::string_view text) {
    return expand_with(text, longest_text, [&](char letter) -> Expansion {
        if (holds(name_letters, letter)) return name_specifier(letter, unit);
        if (holds(system_letters, letter)) return system_specifier(letter, values);
        if (holds(path_letters, letter)) return path_specifier(letter, unit, values);
        return std::nullopt;
    });
}

}  // namespace sandgraft::units
