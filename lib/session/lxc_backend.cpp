// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/lxc_backend.hpp"

#include "base/text.hpp"
#include "domain/lxc.hpp"
#include "root/view.hpp"
#include "session/keeper_masks.hpp"
#include "session/preflight.hpp"

#include <sandgraft/error.hpp>

#include <exception>
#include <optional>

namespace sandgraft::session {

namespace {

/// Where libvirt looks for what a description names.
struct Place {
    root::MountNamespace mounts;
    std::optional<Error> out_of_reach;  ///< why these are this process's own mounts and not libvirt's
};

Place place_of(const virt::Hypervisor& libvirt) {
    const auto process = libvirt.listening_process();
    if (!process) return {};
    try {
        return {root::MountNamespace::of(*process), {}};
    } catch (const Error& error) {
        return {{}, error};
    }
}

class LxcBackend : public Backend {
public:
    explicit LxcBackend(BackendPlace place) : place_(std::move(place)) {}

    [[nodiscard]] Driver driver() const override { return Driver::lxc; }

    /// Nearly always libvirt has the mounts that this process has, so all is made here while it is being connected to;
    /// otherwise it is made anew in libvirt's mount namespace, which shows only then.
    [[nodiscard]] Preparation prepare(const Sandbox& sandbox, const Connect& connect) const override {
        if (!place_.local) {
            connect();
            return {.provision = {.init = place_.init}};
        }
        Preparation here;
        std::exception_ptr failure;
        try {
            here = prepare_in({}, sandbox);
        } catch (const Error&) {
            failure = std::current_exception();
        }
        const Place place = place_of(connect());
        if (place.out_of_reach || !place.mounts.is_own()) return prepare_in(place, sandbox);
        if (failure) std::rethrow_exception(failure);
        return here;
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

    [[nodiscard]] Signs signs_of(const std::string& name) const override {
        if (!place_.local) return {};
        return {.running = "/run/libvirt/lxc/" + name + ".xml", .daemon = "/run/libvirt/lxc/driver.pid"};
    }

    [[nodiscard]] base::Fd connect(const virt::Domain& domain) const override {
        return domain.open_console(domain::channel_console);
    }

private:
    [[nodiscard]] Preparation prepare_in(const Place& place, const Sandbox& sandbox) const {
        Preparation prepared{.provision = {.init = place_.init}};
        std::vector<std::string> silent;
        Sandbox visible;
        place.mounts.run([&] {
            silent = silent_mounts(sandbox);
            visible = without_masks_in(silent, sandbox);
            check_host_paths(visible, place_.init);
            prepared.masks = keeper_masks(visible);
            prepared.warnings = bind_warnings(visible);
            prepared.provision.directories = missing_directories(visible);
        });
        prepare_root(place, visible, silent, prepared);
        return prepared;
    }

    /// A view of the root where this process may make one. Without it libvirt leaves an empty directory ".oldroot" in
    /// the root, and mount targets have to exist.
    void prepare_root(const Place& place, const Sandbox& sandbox, const std::vector<std::string>& silent,
                      Preparation& prepared) const {
        std::vector<root::Target> targets;
        place.mounts.run([&] { targets = targets_in_root(sandbox); });
        try {
            if (place.out_of_reach) throw Error(*place.out_of_reach);
            auto view = std::make_shared<const root::View>(
                sandbox.root, targets, program_beside(place_.init, "sandgraft-guard"), place.mounts, silent);
            prepared.provision.root = view->path();
            prepared.warnings.insert(prepared.warnings.end(), view->warnings().begin(), view->warnings().end());
            prepared.leases = {view->lease()};
            prepared.held = std::move(view);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::denied && error.code() != ErrorCode::io) throw;
            if (!silent.empty()) throw;  // init would wait for it
            place.mounts.run([&] { check_targets_in_root(sandbox); });
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
