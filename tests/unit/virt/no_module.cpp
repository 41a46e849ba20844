// SPDX-License-Identifier: LGPL-2.1-or-later

/// A shared object that exports nothing of what a module does.
extern "C" __attribute__((visibility("default"))) void do_nothing() {}
