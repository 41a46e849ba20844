// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sandgraft::model {

/// The most that the files of one sandbox may hold together.
inline constexpr std::uint64_t most_file_bytes = 1024 * 1024;

inline constexpr std::size_t most_mounts = 1000;

[[noreturn]] void fail(const std::string& message);

/// An absolute path without "." and ".." components, doubled and trailing slashes, and NUL.
/// @param what  names the field in the Error invalid.
void check_path(const std::string& what, std::string_view path);

/// What an XML document and libvirt hold unchanged: UTF-8 without control characters.
bool is_document_text(std::string_view text);
void check_text(const std::string& what, std::string_view text);

void check_no_nul(const std::string& what, std::string_view text);

/// Whether libvirt can make files and control groups of this name; an empty one is none.
void check_name(std::string_view name);

/// Why no mount may be at an absolute path, such as "/proc is the kernel's"; empty where one may.
std::string reserved_reason(std::string_view path);

}  // namespace sandgraft::model
