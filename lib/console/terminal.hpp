// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "base/owner.hpp"
#include "wire/message.hpp"

#include <termios.h>
#include <functional>
#include <mutex>

namespace sandgraft::console {

/// The modes of a terminal that is raw, and that it is to have again.
struct Modes {
    termios raw{};
    termios before{};
};

/// The user's terminal, by a descriptor of its own. What is no terminal has neither a mode nor a size, and is not
/// touched. Any thread may use it.
class Terminal {
public:
    /// Is told each time that the terminal is made raw, and, with null, that it has its own mode again.
    using Watcher = std::function<void(const Modes*)>;

    /// @param fd  is duplicated; -1: no terminal.
    explicit Terminal(int fd, Watcher watcher = {});

    /// Restores the mode, but not that of another process, see base::Owner.
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// Its own; -1 when there is no terminal.
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Zeros when there is none.
    [[nodiscard]] wire::WindowSize size() const;

    /// Raw mode, until it is restored.
    void make_raw();
    void restore();

    /// For a process that stops: of a raw terminal, gives back the mode from before and takes raw mode again.
    void suspend();
    void resume();

private:
    enum class Mode { own, raw, suspended };

    bool enter();
    void leave();

    base::Owner owner_;
    base::Fd fd_;
    std::mutex mutex_;
    Mode mode_ = Mode::own;
    Modes modes_;  ///< while it is raw
    Watcher watcher_;
};

}  // namespace sandgraft::console
