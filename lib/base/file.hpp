// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sandgraft::base {

/// Reads a descriptor to its end.
/// @param limit  more bytes than this is an Error invalid that names `name`.
std::string read_all(int fd, std::size_t limit, const std::string& name);

/// Reads a regular file whole; anything else (a fifo, a device, a directory) is an Error invalid, and is not
/// waited for.
std::string read_file(const std::string& path, std::size_t limit);

/// Writes everything, whatever the number of calls; EINTR is retried.
void write_all(int fd, std::string_view data, const std::string& name);

}  // namespace sandgraft::base
