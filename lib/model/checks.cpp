// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/checks.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <array>

namespace sandgraft::model {

namespace {

/// A place that no mount may have, and why.
struct Reserved {
    std::string_view path;
    bool beneath;  ///< nor any place in it
    const char* reason;
};

constexpr std::array reserved = {
    Reserved{"/", false, "is the sandbox's root"},
    Reserved{"/proc", true, "is the kernel's"},
    Reserved{"/sys", true, "is the kernel's"},
    Reserved{"/dev", true, "is made by the hypervisor"},
    Reserved{"/run", false, "is Sandgraft's; mount on a directory in it"},
    Reserved{"/run/sandgraft-init", true, "is Sandgraft's"},
};

bool is_printable_ascii(char c) { return c >= 0x20 && c < 0x7F; }

/// U+FFFE and U+FFFF, which UTF-8 can encode and XML must not contain.
bool has_noncharacter(std::string_view text) {
    return text.find("\xEF\xBF\xBE") != std::string_view::npos || text.find("\xEF\xBF\xBF") != std::string_view::npos;
}

/// What keeps an absolute path from being normal; empty when nothing does.
std::string_view path_fault(std::string_view path) {
    if (path == "/") return {};
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto component = path.substr(0, path.find('/'));
        path.remove_prefix(component.size());
        if (component.empty()) return path.empty() ? "ends in a slash" : "has an empty component";
        if (component == "." || component == "..") return "has a component '.' or '..'";
    }
    return {};
}

}  // namespace

void fail(const std::string& message) { throw Error(ErrorCode::invalid, message); }

void check_no_nul(const std::string& what, std::string_view text) {
    if (text.find('\0') != std::string_view::npos) fail(what + " " + base::quote(text) + " contains a NUL byte");
}

void check_path(const std::string& what, std::string_view path) {
    if (!path.starts_with('/')) fail(what + " " + base::quote(path) + " is not an absolute path");
    check_no_nul(what, path);
    if (const auto fault = path_fault(path); !fault.empty())
        fail(what + " " + base::quote(path) + " " + std::string(fault));
}

std::string reserved_reason(std::string_view path) {
    for (const auto& place : reserved)
        if (path == place.path || (place.beneath && base::is_below(path, place.path)))
            return std::string(place.path) + " " + place.reason;
    return {};
}

bool is_document_text(std::string_view text) {
    if (std::all_of(text.begin(), text.end(), is_printable_ascii)) return true;
    return base::is_utf8(text) && !has_noncharacter(text) && std::none_of(text.begin(), text.end(), base::is_control);
}

void check_text(const std::string& what, std::string_view text) {
    if (!is_document_text(text)) fail(what + " " + base::quote(text) + " is not UTF-8 text without control characters");
}

void check_name(std::string_view name) {
    constexpr std::size_t longest = 200;
    if (name.empty()) return;
    check_text("sandbox name", name);
    const auto refuse = [&](const char* why) { fail("sandbox name " + base::quote(name) + " " + why); };
    if (name.size() > longest) refuse("is longer than 200 bytes");
    if (name.find('/') != std::string_view::npos) refuse("contains a slash");
    if (name == "." || name == "..") refuse("is a directory's own name");
    if (name.front() == ' ' || name.back() == ' ') refuse("starts or ends with a blank");
}

}  // namespace sandgraft::model
