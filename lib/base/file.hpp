// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

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

/// The last bytes of a regular file, at most so many; empty when it cannot be read.
std::string read_end(const std::string& path, std::size_t most);

/// Opens what a path is in a root directory: absolute links and ".." are resolved beneath it by the kernel, openat2(2)
/// (Linux 5.6).
/// @param flags  open(2)'s; O_CLOEXEC is added.
/// @return an empty one, with errno set, when that fails.
Fd open_in(int root, const std::string& path, int flags);

/// The path, without links, that a descriptor was opened by; empty, with errno set, when the kernel does not say.
std::string descriptor_path(int fd);

/// The same where it has to be known.
/// @throws Error io when the kernel does not say.
std::string real_path(const Fd& fd);

/// What there is of a path in a root, as far as one can see: a mount may be dead, or for somebody else. A link is
/// followed also where it leads to nothing.
struct Existing {
    Fd fd;                ///< O_PATH
    std::string path;     ///< of it in the root, without links; empty for the root itself
    std::string missing;  ///< the rest
};

Existing find_existing(const Fd& root, const std::string& path);

/// Writes everything, whatever the number of calls; EINTR is retried.
void write_all(int fd, std::string_view data, const std::string& name);

}  // namespace sandgraft::base
