// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sandgraft::virt {

/// One domain of a connection, which stays open as long as it lives.
class Domain {
public:
    virtual ~Domain() = default;

    /// The domain document as libvirt has it now.
    [[nodiscard]] virtual std::string document() const = 0;

    /// A descriptor that carries the bytes of a console device, by its alias ("console1"), both ways. It reaches its
    /// end when the domain does.
    [[nodiscard]] virtual base::Fd open_console(const std::string& alias) const = 0;

    /// Ends the domain at once; one that has ended already is no error.
    virtual void destroy() const = 0;
};

/// A connection to libvirt. Its functions throw Error with libvirt's reason.
class Hypervisor {
public:
    virtual ~Hypervisor() = default;

    /// The connection's URI as libvirt has it, with aliases resolved.
    [[nodiscard]] virtual std::string uri() const = 0;

    [[nodiscard]] virtual std::uint64_t memory_bytes() const = 0;

    /// Starts a transient domain that libvirt destroys when this connection closes, also when this process is killed.
    /// @param passed  descriptors that the domain's init inherits as 3, 4, ...; only on a local connection.
    /// @throws Error exists when the name is taken.
    [[nodiscard]] virtual std::unique_ptr<Domain> create(const std::string& document, const std::string& name,
                                                         const std::vector<int>& passed) const = 0;
};

}  // namespace sandgraft::virt
