// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/message.hpp"

#include <termios.h>
#include <optional>

namespace sandgraft::console {

/// Puts a terminal in raw mode for its lifetime. On a descriptor that is no terminal it does nothing.
class RawMode {
public:
    explicit RawMode(int fd);
    ~RawMode();
    RawMode(const RawMode&) = delete;
    RawMode& operator=(const RawMode&) = delete;

private:
    int fd_;
    std::optional<termios> before_;
};

/// The size of a terminal; zeros for anything else.
wire::WindowSize window_size(int fd);

}  // namespace sandgraft::console
