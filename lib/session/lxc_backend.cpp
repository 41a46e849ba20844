// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/lxc_backend.hpp"

#include "base/text.hpp"
#include "domain/lxc.hpp"
#include "root/view.hpp"
#include "session/preflight.hpp"

#include <sandgraft/error.hpp>

namespace sandgraft::session {

namespace {

/// All programs are installed in one directory.
std::string guard_beside(const std::string& init) { return std::string(base::parent_of(init)) + "/sandgraft-guard"; }

class LxcBackend : public Backend {
public:
    explicit LxcBackend(BackendPlace place) : place_(std::move(place)) {}

    [[nodiscard]] Driver driver() const override { return Driver::lxc; }

    [[nodiscard]] Preparation prepare(const Sandbox& sandbox) const override {
        Preparation prepared{.provision = {.init = place_.init}};
        if (!place_.local) return prepared;
        check_host_paths(sandbox, place_.init);
        prepared.warnings = bind_warnings(sandbox);
        prepare_root(sandbox, prepared);
        return prepared;
    }

    [[nodiscard]] Route open_route(Channel wanted) const override {
        if (wanted == Channel::socket && !place_.local)
            throw Error(ErrorCode::unsupported, "a socket reaches a sandbox only where libvirt runs on this machine");
        if (wanted == Channel::console || !place_.local) return {};
        auto [near, far] = base::make_socket_pair();
        Route route{.near = std::move(near), .ends_sandbox = true};
        route.passed.push_back(std::move(far));
        return route;
    }

    [[nodiscard]] base::Fd connect(const virt::Domain& domain) const override {
        return domain.open_console(domain::channel_console);
    }

private:
    /// A view of the root where this process may make one. Without it libvirt leaves an empty directory ".oldroot" in
    /// the root, and mount targets have to exist.
    void prepare_root(const Sandbox& sandbox, Preparation& prepared) const {
        try {
            auto view =
                std::make_shared<const root::View>(sandbox.root, targets_in_root(sandbox), guard_beside(place_.init));
            prepared.provision.root = view->path();
            prepared.warnings.insert(prepared.warnings.end(), view->warnings().begin(), view->warnings().end());
            prepared.leases = {view->lease()};
            prepared.held = std::move(view);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::denied && error.code() != ErrorCode::io) throw;
            check_targets_in_root(sandbox);
            prepared.warnings.push_back(std::string("the root is used as it is: ") + error.what());
        }
    }

    BackendPlace place_;
};

}  // namespace

std::unique_ptr<const Backend> make_lxc_backend(BackendPlace place) {
    return std::make_unique<LxcBackend>(std::move(place));
}

}  // namespace sandgraft::session
