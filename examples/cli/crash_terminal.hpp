// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace cli {

/// From now on a signal that ends this process unasked (SIGALRM, SIGABRT, SIGSEGV, ...) first gives the terminal of the
/// standard input back the mode that it has now: a shell that goes on in raw mode is of no use to anybody. Signals that
/// are already handled or ignored stay so. SIGKILL cannot be met.
void restore_terminal_on_crash();

}  // namespace cli
