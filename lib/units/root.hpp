// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <string>

namespace sandgraft::units {

/// A directory that is "/" for everything read through it: absolute links and ".." are resolved beneath it by the
/// kernel, so nothing outside is ever opened.
class Root {
public:
    explicit Root(const std::string& directory);

    /// Opens an absolute path of the root; never blocks on a fifo or device.
    /// @return no descriptor, with errno set, when that fails.
    [[nodiscard]] base::Fd open(const char* path, int flags) const;

    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }

private:
    std::string directory_;
    base::Fd fd_;
    bool is_host_root_ = false;
};

}  // namespace sandgraft::units
