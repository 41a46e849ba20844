// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "base/text.hpp"
#include "virt/hypervisor.hpp"

#include <sandgraft/host.hpp>
#include <sandgraft/sandbox.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sandgraft::session {

/// What was made on the host for one start.
struct Preparation {
    Provision provision{};
    std::vector<Mount> masks{};           ///< that the description has not, and init makes all the same
    std::vector<std::string> warnings{};  ///< a line for each thing that could not be done as it should be
    std::shared_ptr<const void> held{};   ///< whatever has to be there until the sandbox runs
    std::vector<int> leases{};            ///< descriptors of it for libvirt to hold as well, however this process ends
};

/// The way to a sandbox's init.
struct Route {
    base::Fd near{};                 ///< the host's end, when it is there before the sandbox; else Backend::connect()'s
    std::vector<base::Fd> passed{};  ///< what the sandbox's init inherits as 3, 4, ...
    bool ends_sandbox = false;       ///< init learns when the host's end was closed, and ends the sandbox
};

using Connect = std::function<const virt::Hypervisor&()>;

/// What differs between the kinds of sandbox. One for each connection; any thread may call it.
class Backend {
public:
    virtual ~Backend() = default;

    /// Which documents it starts.
    [[nodiscard]] virtual Driver driver() const = 0;

    /// Looks at the host, where that is this machine, for what would make the start fail or change the host, then makes
    /// what the sandbox has to find there.
    /// @param connect  waits for the connection to libvirt, and throws when there is none: as much as can be is done
    ///                 before.
    /// @throws Error not_found, invalid or unsupported naming what is missing or cannot be, and what connect throws.
    [[nodiscard]] virtual Preparation prepare(const Sandbox& sandbox, const Connect& connect) const = 0;

    /// @throws Error unsupported when there is no such channel to a sandbox of this connection.
    [[nodiscard]] virtual Route open_route(Channel wanted) const = 0;

    /// Files of libvirt's, where that is this machine: one that is there as long as it calls the sandbox of a name
    /// running, and one that its daemon writes when it starts.
    struct Signs {
        std::string running{};
        std::string daemon{};
    };
    [[nodiscard]] virtual Signs signs_of(const std::string& name) const = 0;

    /// The host's end of a channel that there is only when the sandbox runs.
    [[nodiscard]] virtual base::Fd connect(const virt::Domain& domain) const = 0;
};

/// The path of another program of Sandgraft's: all are installed in one directory.
inline std::string program_beside(const std::string& init, const char* program) {
    return std::string(base::parent_of(init)) + "/" + program;
}

/// What a backend has to know of its connection.
struct BackendPlace {
    bool local = true;  ///< libvirt runs on this machine
    std::string init;   ///< the path of sandgraft-init on libvirt's machine
};

}  // namespace sandgraft::session
