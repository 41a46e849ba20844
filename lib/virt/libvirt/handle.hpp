// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/sigpipe.hpp"

#include <sandgraft/error.hpp>

#include <libvirt/libvirt.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace sandgraft::virt {

template <auto release>
struct Release {
    template <typename T>
    void operator()(T* handle) const noexcept {
        release(handle);
    }
};

/// libvirt raises SIGPIPE in a thread that finds the daemon gone.
inline void close_connection(virConnectPtr connection) noexcept {
    const base::SigpipeBlock block;
    ::virConnectClose(connection);
}

using ConnectHandle = std::unique_ptr<virConnect, Release<close_connection>>;
using DomainHandle = std::unique_ptr<virDomain, Release<virDomainFree>>;
using StreamHandle = std::unique_ptr<virStream, Release<virStreamFree>>;
using TextHandle = std::unique_ptr<char, Release<std::free>>;

/// The cause of a container that did not start stands in its log, behind this mark.
inline constexpr std::string_view startup_failure = "Failure in libvirt_lxc startup: ";

/// The cause in a text that starts with the mark, as one line.
std::string startup_cause(std::string_view text);

/// The calling thread's last libvirt error as "WHAT: message".
Error last_error(const std::string& what);

/// Throws it.
[[noreturn]] void throw_libvirt(const std::string& what);

/// Takes a pointer that libvirt returned, or throws when it is null.
template <typename Handle, typename T>
Handle checked(T* pointer, const std::string& what) {
    if (pointer == nullptr) throw_libvirt(what);
    return Handle(pointer);
}

}  // namespace sandgraft::virt
