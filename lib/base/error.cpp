// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/error.hpp>

namespace sandgraft {

Error::Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

Error Error::within(const std::string& context) const { return Error(code_, context + ": " + what()); }

}  // namespace sandgraft
