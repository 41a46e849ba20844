// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <sys/stat.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// A directory that is "/" for everything read through it: absolute links and ".." are resolved beneath it by the
/// kernel, so nothing outside is ever opened, and no device or fifo is ever opened at all.
class Root {
public:
    /// @throws Error when the directory cannot be opened.
    explicit Root(const std::string& directory);

    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }

    /// The root is the host's own "/".
    [[nodiscard]] bool is_host_root() const noexcept { return real_directory_.empty(); }

    /// An O_PATH descriptor; none, with errno set, when there is no such path.
    [[nodiscard]] base::Fd locate(const std::string& path) const;

    /// Opens a directory for reading; none, with errno set, when that fails.
    [[nodiscard]] base::Fd open_directory(const std::string& path) const;

    /// The path of an open directory of the root without links, as seen in the root; empty when it has none (any more).
    [[nodiscard]] std::string path_of(int fd) const;

    /// What the path leads to, links followed; nullopt, with errno set, when there is none.
    [[nodiscard]] std::optional<struct stat> status(const std::string& path) const;

    /// Opens a regular file for reading; none, with errno set, when that fails or it is something else (EINVAL).
    [[nodiscard]] base::Fd open_file(const std::string& path) const;

    /// The text of a small regular file of the root (an os-release, a host name); empty when it cannot be read.
    [[nodiscard]] std::string read_small(const std::string& path) const;

    /// The path without links, as seen in the root. What does not exist (yet) is kept as it is written.
    [[nodiscard]] std::string canonical(const std::string& path) const;

private:
    [[nodiscard]] base::Fd open(const std::string& path, int flags) const;

    std::string directory_;
    std::string real_directory_;  ///< without links, "" for "/"
    base::Fd fd_;
};

/// A device, or a file without content: what masks a unit or a link.
bool is_null_or_empty(const struct stat& st);

}  // namespace sandgraft::units
