// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <string>

namespace sandgraft::base {

/// A Unix stream socket of a name in an open directory, whose path may be longer than the address of a socket: bound,
/// close-on-exec, with as many connections waiting as the kernel allows.
Fd listen_in(const Fd& directory, const std::string& name);

/// A close-on-exec connection to one; it waits where many others do. Empty, with errno set, when that fails.
Fd connect_in(const Fd& directory, const std::string& name);

}  // namespace sandgraft::base
