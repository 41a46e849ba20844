// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crash_terminal.hpp"

#include <termios.h>
#include <unistd.h>
#include <csignal>

namespace cli {

namespace {

/// Those that end a process by default, signal(7), and that are not passed on to the command.
constexpr int deadly[] = {SIGABRT, SIGALRM, SIGBUS, SIGFPE,  SIGILL,    SIGIO,   SIGPROF,
                          SIGPWR,  SIGSEGV, SIGSYS, SIGTRAP, SIGVTALRM, SIGXCPU, SIGXFSZ};

termios mode_before;

/// Only async-signal-safe calls. The signal has its default action again, and raise() takes effect at once. A process
/// in the background has put no terminal in raw mode, and would be stopped for setting one.
void restore(int number) {
    if (::tcgetpgrp(STDIN_FILENO) == ::getpgrp()) ::tcsetattr(STDIN_FILENO, TCSANOW, &mode_before);
    ::raise(number);
}

}  // namespace

void restore_terminal_on_crash() {
    if (::tcgetattr(STDIN_FILENO, &mode_before) < 0) return;
    for (const int number : deadly) {
        struct sigaction action {};
        if (::sigaction(number, nullptr, &action) < 0 || action.sa_handler != SIG_DFL) continue;
        action.sa_handler = restore;
        action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
        ::sigaction(number, &action, nullptr);
    }
}

}  // namespace cli
