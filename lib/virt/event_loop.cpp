// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/event_loop.hpp"

#include "virt/handle.hpp"

#include <libvirt/virterror.h>

#include <csignal>
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

/// Signals are for the program's own threads.
void start_thread() {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([] {
        while (::virEventRunDefaultImpl() == 0) {
        }
    }).detach();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
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
