// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/listening.hpp"

#include "virt/libvirt/handle.hpp"

#include <array>
#include <optional>

namespace sandgraft::virt {

namespace {

/// What libvirt holds for a callback: it may be running when it is given up, and libvirt frees it behind that.
using Held = std::shared_ptr<DomainListener>;

void release(void* held) { delete static_cast<Held*>(held); }

DomainListener& listener_of(void* held) { return **static_cast<Held*>(held); }

/// What a program that lists the sandboxes would see; libvirt tells of more.
std::optional<SandboxEvent::Kind> kind_of(int event) {
    switch (event) {
        case VIR_DOMAIN_EVENT_DEFINED: return SandboxEvent::Kind::defined;
        case VIR_DOMAIN_EVENT_UNDEFINED: return SandboxEvent::Kind::undefined;
        case VIR_DOMAIN_EVENT_STARTED: return SandboxEvent::Kind::started;
        case VIR_DOMAIN_EVENT_STOPPED: return SandboxEvent::Kind::stopped;
        default: return std::nullopt;
    }
}

void on_event(virConnectPtr /*connection*/, virDomainPtr domain, int event, int /*detail*/, void* held) {
    const auto kind = kind_of(event);
    std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
    if (!kind || ::virDomainGetUUIDString(domain, uuid.data()) < 0) return;
    listener_of(held).happened({*kind, ::virDomainGetName(domain), uuid.data()});
}

void on_close(virConnectPtr /*connection*/, int /*reason*/, void* held) { listener_of(held).lost(); }

}  // namespace

Listening::Listening(const std::string& uri, std::shared_ptr<DomainListener> listener) : connection_(uri) {
    auto held = std::make_unique<Held>(listener);
    callback_ = ::virConnectDomainEventRegisterAny(connection_.get(), nullptr, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                                   VIR_DOMAIN_EVENT_CALLBACK(on_event), held.get(), release);
    if (callback_ < 0) throw_libvirt("cannot listen to libvirt's events");
    (void)held.release();
    held = std::make_unique<Held>(std::move(listener));
    if (::virConnectRegisterCloseCallback(connection_.get(), on_close, held.get(), release) == 0) (void)held.release();
}

Listening::~Listening() {
    const base::SigpipeBlock block;
    ::virConnectDomainEventDeregisterAny(connection_.get(), callback_);
    ::virConnectUnregisterCloseCallback(connection_.get(), on_close);
}

}  // namespace sandgraft::virt
