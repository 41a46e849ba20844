// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sandgraft::virt {

/// One domain of a connection.
class Domain {
public:
    struct Impl;
    explicit Domain(std::unique_ptr<Impl> impl);
    Domain(Domain&&) noexcept;
    Domain& operator=(Domain&&) noexcept;
    ~Domain();

    /// The domain document as libvirt has it now.
    [[nodiscard]] std::string document() const;

    /// A descriptor that carries the bytes of a console device, by its alias ("console1"), both ways. It reaches its
    /// end when the domain does.
    [[nodiscard]] base::Fd open_console(const std::string& alias) const;

    /// Ends the domain at once; one that has ended already is no error.
    void destroy() const;

private:
    std::unique_ptr<Impl> impl_;
};

/// A connection to libvirt: the only door to it. It stays open as long as it or one of its domains lives.
class Hypervisor {
public:
    /// @throws Error hypervisor or denied when libvirt cannot be reached.
    static Hypervisor open(const std::string& uri);

    struct Impl;
    explicit Hypervisor(std::shared_ptr<Impl> impl);

    /// The driver as a connection URI names it: "lxc", "qemu".
    [[nodiscard]] std::string driver() const;

    /// Whether libvirt runs on this machine and is reached over a Unix socket.
    [[nodiscard]] bool is_local() const;

    [[nodiscard]] std::uint64_t memory_bytes() const;

    /// Starts a transient domain that libvirt destroys when this connection closes, also when this process is killed.
    /// @param passed  descriptors that the domain's init inherits as 3, 4, ...; only on a local connection.
    /// @throws Error exists when the name is taken.
    [[nodiscard]] Domain create(const std::string& document, const std::string& name,
                                const std::vector<int>& passed) const;

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace sandgraft::virt
