// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>

#include <stdexcept>
#include <string>

namespace sandgraft {

/// What kind of failure an Error reports. The numbers are part of the ABI: they
/// are the same in the C and GObject bindings and never change their meaning.
enum class ErrorCode : int {
    invalid = 1,       ///< a description, option, document or file is malformed or contradicts itself
    not_found = 2,     ///< a file, unit or sandbox that was named does not exist
    exists = 3,        ///< the name is already taken
    unsupported = 4,   ///< the backend or this version cannot honour the request
    denied = 5,        ///< the operating system or libvirt refused permission
    hypervisor = 6,    ///< libvirt failed or cannot be reached
    protocol = 7,      ///< the peer in the sandbox broke the channel protocol
    io = 8,            ///< an operating system call on a host file or descriptor failed
    refused = 9,       ///< systemd's rules refuse the transaction (a cycle, a conflict, a missing requirement)
    wrong_state = 10,  ///< a sandbox is running, or is not, and the call needs the other
};

/// The one exception type of Sandgraft. what() says what failed, on which
/// object and why, as one line without a trailing period.
class SANDGRAFT_EXPORT Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message, int libvirt_code = 0);

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }

    /// The virErrorNumber of libvirt where it is the reason, else 0.
    [[nodiscard]] int libvirt_code() const noexcept { return libvirt_code_; }

    /// The same error with "context: " before its message.
    [[nodiscard]] Error within(const std::string& context) const;

private:
    ErrorCode code_;
    int libvirt_code_;
};

}  // namespace sandgraft
