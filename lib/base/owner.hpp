// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <unistd.h>

namespace sandgraft::base {

/// Remembers the process that made an object. A child made by fork(2) has a copy of it, but neither its threads nor a
/// connection of its own: what the object has done to others is not the child's to end.
class Owner {
public:
    [[nodiscard]] bool is_here() const { return ::getpid() == pid_; }

private:
    pid_t pid_ = ::getpid();
};

}  // namespace sandgraft::base
