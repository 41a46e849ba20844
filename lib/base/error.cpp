// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/error.hpp>

namespace sandgraft {

Error::Error(ErrorCode code, const std::string& message, int libvirt_code)
    : std::runtime_error(message), code_(code), libvirt_code_(libvirt_code) {}

Error Error::within(const std::string& context) const { return Error(code_, context + ": " + what(), libvirt_code_); }

}  // namespace sandgraft
