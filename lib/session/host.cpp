// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/host.hpp>

#include "base/owner.hpp"
#include "session/backends.hpp"
#include "session/host.hpp"

#include <memory>

namespace sandgraft {

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

}  // namespace sandgraft
