// SPDX-License-Identifier: LGPL-2.1-or-later
#include "console/terminal.hpp"

#include "base/fd.hpp"

#include <sys/ioctl.h>

namespace sandgraft::console {

RawMode::RawMode(int fd) : fd_(fd) {
    termios mode{};
    if (::tcgetattr(fd_, &mode) < 0) return;
    termios raw = mode;
    ::cfmakeraw(&raw);
    if (::tcsetattr(fd_, TCSADRAIN, &raw) < 0) base::throw_errno("cannot put the terminal in raw mode");
    before_ = mode;
}

RawMode::~RawMode() {
    if (before_) ::tcsetattr(fd_, TCSADRAIN, &*before_);
}

wire::WindowSize window_size(int fd) {
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) < 0) return {};
    return {size.ws_row, size.ws_col};
}

}  // namespace sandgraft::console
