// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/hypervisor.hpp"
#include "virt/uri.hpp"

#include <future>
#include <memory>
#include <string>
#include <thread>

namespace sandgraft::session {

/// A connection to libvirt that may still be under way. Any thread may use it.
class Connection {
public:
    /// @param in_background  connects in a thread of its own, which ends with the attempt; else at once.
    /// @throws Error io when there can be no such thread. That there is no connection, hypervisor() tells.
    Connection(std::string uri, const std::string& modules, bool in_background);

    /// Waits for the attempt.
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Waits for it.
    /// @throws Error when it failed, each time.
    [[nodiscard]] const virt::Hypervisor& hypervisor() const { return *hypervisor_.get(); }

    /// Waits only for the URI of an alias, which libvirt resolves.
    [[nodiscard]] virt::Uri uri() const;

private:
    std::string uri_;
    std::shared_future<std::shared_ptr<const virt::Hypervisor>> hypervisor_;
    std::thread attempt_;
};

}  // namespace sandgraft::session
