// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/host.hpp>

#include "base/random.hpp"
#include "base/text.hpp"
#include "console/terminal.hpp"
#include "root/view.hpp"
#include "session/instance.hpp"
#include "session/preflight.hpp"

#include <sandgraft/error.hpp>

#include <optional>

namespace sandgraft {

struct Host::Impl {
    virt::Hypervisor hypervisor;
    bool local;
};

namespace {

constexpr const char* default_uri = "lxc:///system";

/// The second console of the domain document; libvirt numbers the aliases from 0.
constexpr const char* channel_console = "console1";

/// "sandgraft-" and 48 random bits: nobody has to ask libvirt which names are free.
std::string unique_name() { return "sandgraft-" + base::random_hex(6); }

void report(const StartOptions& options, std::string_view what) {
    if (options.on_progress) options.on_progress(what);
}

bool uses_socket(Channel channel, bool local) {
    if (channel == Channel::socket && !local)
        throw Error(ErrorCode::unsupported, "a socket reaches a sandbox only where libvirt runs on this machine");
    return channel == Channel::socket || (channel == Channel::automatic && local);
}

console::Streams streams_of(const StartOptions& options) { return {options.input, options.output, options.error}; }

/// Both programs are installed in one directory.
std::string guard_beside(const std::string& init) { return init.substr(0, init.rfind('/') + 1) + "sandgraft-guard"; }

/// A view of the root where this process may make one. Without it libvirt leaves an empty directory ".oldroot" in the
/// root, and mount targets have to exist.
void prepare_root(const Sandbox& sandbox, const Capabilities& offered, const StartOptions& options,
                  std::optional<root::View>& view) {
    const auto targets = session::targets_in_root(sandbox);
    try {
        view.emplace(sandbox.root, targets, guard_beside(offered.init));
    } catch (const Error& error) {
        if (error.code() != ErrorCode::denied && error.code() != ErrorCode::io) throw;
        session::check_targets_in_root(sandbox);
        if (options.on_warning) options.on_warning(std::string("the root is used as it is: ") + error.what());
    }
}

using Running = std::unique_ptr<Instance::Impl>;

/// The socket is there before the sandbox: the host greets at once, and the guest need not wait for it.
Running start_over_socket(const virt::Hypervisor& hypervisor, const Sandbox& sandbox, const std::string& document,
                          const StartOptions& options) {
    auto [near, far] = base::make_socket_pair();
    auto running = std::make_unique<Instance::Impl>(sandbox.name, std::move(near), streams_of(options),
                                                    sandbox.command.terminal, true);
    running->relay->say_hello(console::window_size(running->terminal));
    running->domain = hypervisor.create(document, sandbox.name, {far.get()});
    far.reset();  // the sandbox has its own, and its end shall be seen
    report(options, "the sandbox's init");
    running->relay->await_hello();
    return running;
}

/// A sandbox that cannot be reached shall not stay.
base::Fd open_channel(const virt::Domain& domain) {
    try {
        return domain.open_console(channel_console);
    } catch (const Error&) {
        domain.destroy();
        throw;
    }
}

Running start_over_console(const virt::Hypervisor& hypervisor, const Sandbox& sandbox, const std::string& document,
                           const StartOptions& options) {
    auto domain = hypervisor.create(document, sandbox.name, {});
    auto running = std::make_unique<Instance::Impl>(sandbox.name, open_channel(domain), streams_of(options),
                                                    sandbox.command.terminal, false);
    running->domain = std::move(domain);
    report(options, "the sandbox's init");
    running->relay->await_hello();
    running->relay->say_hello(console::window_size(running->terminal));
    return running;
}

}  // namespace

Host::Host(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Host Host::open(const std::string& uri) {
    auto hypervisor = virt::Hypervisor::open(uri.empty() ? default_uri : uri);
    if (const auto driver = hypervisor.driver(); driver != "lxc")
        throw Error(ErrorCode::unsupported,
                    "the connection " + base::quote(uri) + " is to libvirt's driver " + driver + ", not to lxc");
    const bool local = hypervisor.is_local();
    return Host(std::make_shared<const Impl>(Impl{std::move(hypervisor), local}));
}

Capabilities Host::capabilities() const {
    Capabilities capabilities = local_capabilities();
    if (!impl_->local) capabilities.memory_bytes = impl_->hypervisor.memory_bytes();
    return capabilities;
}

Instance Host::start(const Sandbox& description, const StartOptions& options) const {
    Sandbox sandbox = description;
    if (sandbox.name.empty()) sandbox.name = unique_name();
    Capabilities offered = capabilities();
    validate(sandbox);
    std::optional<root::View> view;  // libvirt needs it until the sandbox is started
    if (impl_->local) {
        session::check_host_paths(sandbox, offered);
        if (options.on_warning)
            for (const auto& warning : session::bind_warnings(sandbox)) options.on_warning(warning);
        prepare_root(sandbox, offered, options, view);
        if (view) offered.root_view = view->path();
    }
    const std::string document = to_domain_xml(sandbox, offered);
    const bool over_socket = uses_socket(options.channel, impl_->local);
    report(options, "libvirt to start the sandbox");
    const auto start_over = over_socket ? start_over_socket : start_over_console;
    return Instance(start_over(impl_->hypervisor, sandbox, document, options));
}

}  // namespace sandgraft
