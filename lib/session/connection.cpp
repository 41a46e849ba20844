// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/connection.hpp"

#include "base/blocked_signals.hpp"
#include "base/text.hpp"
#include "virt/door.hpp"

#include <sandgraft/error.hpp>

namespace sandgraft::session {

Connection::Connection(std::string uri, std::string modules, bool in_background) : uri_(std::move(uri)) {
    const base::BlockedSignals blocked;  // in the thread that is started
    hypervisor_ =
        std::async(in_background ? std::launch::async : std::launch::deferred,
                   [uri = uri_, modules = std::move(modules)] { return virt::open_hypervisor(uri, modules); });
}

virt::Uri Connection::uri() const {
    if (auto uri = virt::parse_uri(uri_)) return *uri;
    const std::string resolved = hypervisor().uri();
    if (auto uri = virt::parse_uri(resolved)) return *uri;
    throw Error(ErrorCode::hypervisor, "libvirt calls its connection " + base::quote(resolved) + ", which is no URI");
}

}  // namespace sandgraft::session
