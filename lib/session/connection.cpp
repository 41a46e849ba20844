// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/connection.hpp"

#include "base/text.hpp"
#include "base/thread.hpp"
#include "virt/door.hpp"

#include <sandgraft/error.hpp>

namespace sandgraft::session {

Connection::Connection(std::string uri, const std::string& modules, bool in_background) : uri_(std::move(uri)) {
    std::packaged_task<std::shared_ptr<const virt::Hypervisor>()> attempt(
        [uri = uri_, modules] { return virt::open_hypervisor(uri, modules); });
    hypervisor_ = attempt.get_future();
    if (in_background)
        attempt_ = base::start_thread(std::move(attempt));
    else
        attempt();
}

Connection::~Connection() {
    if (attempt_.joinable()) attempt_.join();
}

virt::Uri Connection::uri() const {
    if (auto uri = virt::parse_uri(uri_)) return *uri;
    const std::string resolved = hypervisor().uri();
    if (auto uri = virt::parse_uri(resolved)) return *uri;
    throw Error(ErrorCode::hypervisor, "libvirt calls its connection " + base::quote(resolved) + ", which is no URI");
}

}  // namespace sandgraft::session
