// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/host.hpp>

#include "base/owner.hpp"
#include "base/random.hpp"
#include "domain/guest.hpp"
#include "model/payload.hpp"
#include "session/backends.hpp"
#include "session/host.hpp"
#include "session/instance.hpp"
#include "session/user_database.hpp"

#include <sandgraft/error.hpp>

#include <optional>
#include <utility>

namespace sandgraft {

namespace {

/// "sandgraft-" and 48 random bits: nobody has to ask libvirt which names are free.
std::string unique_name() { return "sandgraft-" + base::random_hex(6); }

void report(const StartOptions& options, std::string_view what) {
    if (options.on_progress) options.on_progress(what);
}

void warn(const StartOptions& options, const std::vector<std::string>& warnings) {
    if (!options.on_warning) return;
    for (const auto& warning : warnings) options.on_warning(warning);
}

/// What libvirt is passed: what the sandbox's init inherits, then what libvirt itself shall hold.
std::vector<int> passed_files(const session::Route& route, const std::vector<int>& leases) {
    std::vector<int> files;
    for (const auto& fd : route.passed) files.push_back(fd.get());
    files.insert(files.end(), leases.begin(), leases.end());
    return files;
}

Sandbox with(Sandbox sandbox, const std::vector<Mount>& masks) {
    sandbox.mounts.insert(sandbox.mounts.end(), masks.begin(), masks.end());
    return sandbox;
}

/// What a sandbox is started from.
struct Orders {
    std::string document;     ///< for libvirt
    std::vector<int> leases;  ///< likewise
    std::string config;       ///< for init
};

/// When init ends at once because it failed, libvirt now and then finds that nothing was started; init knows why.
void throw_reason(Instance::Impl& running, const Error& libvirts, std::chrono::milliseconds deadline) {
    if (running.relay) {
        try {
            running.relay->await_setup(deadline);
        } catch (const Error&) {
            if (running.relay->failure()) throw;
        }
    }
    throw Error(libvirts);
}

void create_domain(Instance::Impl& running, const virt::Hypervisor& hypervisor, const Orders& orders,
                   session::Route& route, std::chrono::milliseconds deadline) {
    const virt::Creation creation{
        .document = orders.document, .name = running.name, .passed = passed_files(route, orders.leases)};
    std::optional<Error> failure;
    try {
        running.domain = hypervisor.create(creation);
    } catch (const Error& error) {
        failure = error;
    }
    route.passed.clear();  // the sandbox has its own, and its end shall be seen
    if (failure) throw_reason(running, *failure, deadline);
}

/// A channel that is there before the sandbox is transparent from its first byte: the host speaks at once, and the
/// guest need not wait for it. On another one the host waits for the guest, who makes it transparent.
std::unique_ptr<Instance::Impl> start_domain(const virt::Hypervisor& hypervisor, const session::Backend& backend,
                                             const Sandbox& sandbox, const Orders& orders,
                                             const StartOptions& options) {
    session::Route route = backend.open_route(options.channel);
    const bool early = static_cast<bool>(route.near);
    auto running = std::make_unique<Instance::Impl>(sandbox.name, options.streams,
                                                    model::command_to_start(sandbox).terminal, route.ends_sandbox);
    if (early) {
        running->attach(std::move(route.near));
        running->configure(orders.config);
    }
    report(options, "libvirt to start the sandbox");
    create_domain(*running, hypervisor, orders, route, options.init_deadline);
    if (!early) running->attach(backend.connect(*running->domain));
    report(options, "the sandbox's init");
    if (!early) {
        running->relay->await_hello(options.init_deadline);
        running->configure(orders.config);
    }
    running->relay->await_setup(options.init_deadline);
    return running;
}

}  // namespace

Host::Host(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Host Host::open(const HostOptions& options) {
    const std::string uri = options.uri.empty() ? session::default_uri() : options.uri;
    const std::shared_ptr<Impl> impl(new Impl(uri, options), [owner = base::Owner()](const Impl* ended) {
        if (owner.is_here()) delete ended;
    });
    if (!options.in_background) (void)impl->connection.hypervisor();
    impl->uri = impl->connection.uri();
    impl->init = options.init.empty() ? installed_init() : options.init;
    impl->backend = session::make_backend(impl->uri.driver, {.local = impl->uri.local, .init = impl->init});
    return Host(impl);
}

Capabilities Host::capabilities() const {
    Capabilities capabilities = local_capabilities(impl_->backend->driver());
    if (!impl_->uri.local) {
        capabilities.memory_bytes = impl_->connection.hypervisor().memory_bytes();
        capabilities.swap_limit = SwapLimit::none;  // libvirt does not tell, and where it is wrong nothing starts
    }
    return capabilities;
}

Instance Host::start(const Sandbox& description, const StartOptions& options) const {
    Sandbox sandbox = description;
    if (sandbox.name.empty()) sandbox.name = unique_name();
    validate(sandbox);
    (void)model::command_to_start(sandbox);  // refuses what cannot be started before anything is prepared
    report(options, "libvirt");
    const auto connect = [this]() -> const virt::Hypervisor& { return impl_->connection.hypervisor(); };
    const auto prepared = impl_->backend->prepare(sandbox, connect);  // libvirt needs it until the sandbox is started
    const auto& hypervisor = connect();
    warn(options, prepared.warnings);
    const Capabilities offered = capabilities();
    wire::GuestConfig config = domain::guest_config(with(sandbox, prepared.masks), offered);
    if (impl_->uri.local && sandbox.root == "/") session::ask_user_database(config);
    const Orders orders{.document = to_domain_xml(sandbox, offered, prepared.provision),
                        .leases = prepared.leases,
                        .config = wire::encode(config)};
    return Instance(start_domain(hypervisor, *impl_->backend, sandbox, orders, options));
}

}  // namespace sandgraft
