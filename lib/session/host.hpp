// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "session/backend.hpp"
#include "session/connection.hpp"

#include <sandgraft/host.hpp>

#include <memory>
#include <string>

namespace sandgraft {

struct Host::Impl {
    Impl(const std::string& address, const HostOptions& options)
        : connection(address, options.modules, options.in_background), modules(options.modules) {}

    session::Connection connection;
    std::string modules;  ///< as the options have it
    virt::Uri uri{};
    std::string init{};  ///< the path of sandgraft-init on libvirt's machine
    std::unique_ptr<const session::Backend> backend{};
};

}  // namespace sandgraft
