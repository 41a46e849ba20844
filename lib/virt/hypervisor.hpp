// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sandgraft::virt {

/// One domain of a connection, which stays open as long as it lives. Where the connection is lost, because libvirt's
/// daemon was restarted, what is asked of the domain is asked over a new one.
class Domain {
public:
    virtual ~Domain() = default;

    /// Whether the connection that the domain was started with is still there; its consoles have ended with it.
    [[nodiscard]] virtual bool is_reachable() const = 0;

    /// The domain document as libvirt has it now.
    [[nodiscard]] virtual std::string document() const = 0;

    /// A descriptor that carries the bytes of a console device, by its alias ("console1"), both ways. It reaches its
    /// end when the domain does.
    [[nodiscard]] virtual base::Fd open_console(const std::string& alias) const = 0;

    /// Ends the domain at once; one that has ended already is no error.
    virtual void destroy() const = 0;
};

/// What a domain is made from.
struct Creation {
    std::string document{};
    std::string name{};
    std::vector<int>
        passed{};  ///< descriptors that the domain's init inherits as 3, 4, ...; on a local connection only
};

/// A connection to libvirt. Its functions throw Error with libvirt's reason.
class Hypervisor {
public:
    virtual ~Hypervisor() = default;

    /// The connection's URI as libvirt has it, with aliases resolved.
    [[nodiscard]] virtual std::string uri() const = 0;

    [[nodiscard]] virtual std::uint64_t memory_bytes() const = 0;

    /// Starts a transient domain that libvirt destroys when this connection closes, also by the end of this process or
    /// of libvirt's daemon. Without that libvirt 9.0 now and then goes on calling a container running that has ended:
    /// its daemon misses the controller's first word, and so its last.
    /// @throws Error exists when the name is taken.
    [[nodiscard]] virtual std::unique_ptr<Domain> create(const Creation& creation) const = 0;
};

}  // namespace sandgraft::virt
