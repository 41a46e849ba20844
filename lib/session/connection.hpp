// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/hypervisor.hpp"
#include "virt/uri.hpp"

#include <future>
#include <memory>
#include <string>

namespace sandgraft::session {

/// A connection to libvirt that may still be under way. Any thread may use it.
class Connection {
public:
    /// @param in_background  connects in a thread of its own, which ends with the attempt; else in hypervisor().
    Connection(std::string uri, std::string modules, bool in_background);

    /// Waits for it.
    /// @throws Error when it failed, each time.
    [[nodiscard]] const virt::Hypervisor& hypervisor() const { return *hypervisor_.get(); }

    /// Waits only for the URI of an alias, which libvirt resolves.
    [[nodiscard]] virt::Uri uri() const;

private:
    std::string uri_;
    std::shared_future<std::shared_ptr<const virt::Hypervisor>> hypervisor_;
};

}  // namespace sandgraft::session
