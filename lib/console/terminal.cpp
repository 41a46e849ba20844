// SPDX-License-Identifier: LGPL-2.1-or-later
#include "console/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace sandgraft::console {

namespace {

base::Fd duplicate_terminal(int fd) {
    if (::isatty(fd) != 1) return {};
    return base::checked(::fcntl(fd, F_DUPFD_CLOEXEC, 0), "cannot duplicate the descriptor of the terminal");
}

}  // namespace

Terminal::Terminal(int fd, Watcher watcher) : fd_(duplicate_terminal(fd)), watcher_(std::move(watcher)) {}

Terminal::~Terminal() {
    if (owner_.is_here()) restore();
}

wire::WindowSize Terminal::size() const {
    winsize size{};
    if (::ioctl(fd_.get(), TIOCGWINSZ, &size) < 0) return {};
    return {size.ws_row, size.ws_col};
}

void Terminal::make_raw() {
    const std::lock_guard lock(mutex_);
    if (mode_ == Mode::own && !enter()) base::throw_errno("cannot put the terminal in raw mode");
}

void Terminal::restore() {
    const std::lock_guard lock(mutex_);
    if (mode_ == Mode::raw) leave();
    mode_ = Mode::own;
}

void Terminal::suspend() {
    const std::lock_guard lock(mutex_);
    if (mode_ != Mode::raw) return;
    leave();
    mode_ = Mode::suspended;
}

/// Who was stopped by SIGSTOP had no time to suspend it. A terminal that cannot be had any more stays suspended.
void Terminal::resume() {
    suspend();
    const std::lock_guard lock(mutex_);
    if (mode_ == Mode::suspended) (void)enter();
}

bool Terminal::enter() {
    if (::tcgetattr(fd_.get(), &modes_.before) < 0) return !fd_;
    modes_.raw = modes_.before;
    ::cfmakeraw(&modes_.raw);
    if (watcher_) watcher_(&modes_);
    if (::tcsetattr(fd_.get(), TCSADRAIN, &modes_.raw) < 0) return false;
    mode_ = Mode::raw;
    return true;
}

void Terminal::leave() {
    ::tcsetattr(fd_.get(), TCSADRAIN, &modes_.before);
    if (watcher_) watcher_(nullptr);
}

}  // namespace sandgraft::console
