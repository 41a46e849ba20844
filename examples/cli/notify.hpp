// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace cli {

/// Tells the service manager that runs this program how it is, in the words of sd_notify(3): one datagram, for which a
/// program whose start counts links no library. Does nothing where there is no such manager.
void notify(const std::string& state);

}  // namespace cli
