// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/event_loop.hpp"

#include "base/blocked_signals.hpp"
#include "virt/libvirt/handle.hpp"

#include <libvirt/virterror.h>

#include <mutex>
#include <thread>

namespace sandgraft::virt {

namespace {

void ignore_error(void* /*data*/, virErrorPtr /*error*/) {}

void ignore_timeout(int /*timer*/, void* /*opaque*/) {}

/// libvirt does not tell who serves its events, but without anybody it takes no timer.
bool is_served() {
    const int timer = ::virEventAddTimeout(-1, ignore_timeout, nullptr, nullptr);
    if (timer < 0) return false;
    ::virEventRemoveTimeout(timer);
    return true;
}

void start_thread() {
    const base::BlockedSignals blocked;
    std::thread([] {
        while (::virEventRunDefaultImpl() == 0) {
        }
    }).detach();
}

}  // namespace

bool prepare_libvirt() {
    static std::once_flag once;
    static bool ours = false;
    std::call_once(once, [] {
        if (::virInitialize() < 0) throw_libvirt("cannot initialize libvirt");
        if (is_served()) return;
        ::virSetErrorFunc(nullptr, ignore_error);
        if (::virEventRegisterDefaultImpl() < 0) throw_libvirt("cannot register libvirt's event loop");
        ours = true;
    });
    return ours;
}

void serve_events() {
    static std::once_flag once;
    if (prepare_libvirt()) std::call_once(once, start_thread);
}

}  // namespace sandgraft::virt
