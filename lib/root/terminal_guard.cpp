// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/terminal_guard.hpp"

#include "root/apart.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <exception>

namespace sandgraft::root {

void TerminalGuard::tell(int terminal, const TerminalModes& modes) noexcept {
    try {
        if (!pipe_) {
            if (!modes.raw) return;
            auto [told, pipe] = base::make_pipe();
            start_apart({.path = program_, .descriptors = {told.get(), terminal}});
            pipe_ = std::move(pipe);
        }
        // Less than PIPE_BUF, and never more than a few: it neither blocks nor comes in pieces. Nobody reads: SIGPIPE
        // is kept away by who calls.
        (void)!::write(pipe_.get(), &modes, sizeof modes);
    } catch (const std::exception&) {
        // Then nobody gives the mode back.
    }
}

}  // namespace sandgraft::root
