// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <termios.h>

namespace sandgraft::root {

/// What sandgraft-guard is told of a terminal, each time that its mode changes.
struct TerminalModes {
    bool raw = false;     ///< it is; else it has its own mode, and there is nothing to give back
    termios while_raw{};  ///< whoever has given it another mode since knows better
    termios before{};
};

}  // namespace sandgraft::root
