// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/hypervisor.hpp"
#include "virt/libvirt/connection.hpp"

#include <memory>
#include <string>

namespace sandgraft::virt {

/// A connection that tells a listener of events, as long as it lives.
class Listening {
public:
    Listening(const std::string& uri, std::shared_ptr<DomainListener> listener);
    ~Listening();
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

private:
    Connection connection_;
    int callback_;
};

}  // namespace sandgraft::virt
