// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/event_loop.hpp"

#include "base/thread.hpp"
#include "virt/libvirt/handle.hpp"

#include <libvirt/virterror.h>

#include <atomic>
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

/// @return whether nobody serves libvirt's events unless this library does.
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

/// The one thread, which libvirt's loop cannot do without: it serves all connections of the process.
class Loop {
public:
    void add_user() {
        const std::lock_guard lock(mutex_);
        if (users_ == 0) start();
        ++users_;
    }

    void remove_user() {
        const std::lock_guard lock(mutex_);
        if (--users_ == 0) stop();
    }

private:
    void start() {
        stopped_ = false;
        thread_ = base::start_thread([this] {
            while (!stopped_ && ::virEventRunDefaultImpl() == 0) {
            }
        });
    }

    /// A timer that has run out wakes the loop.
    void stop() {
        stopped_ = true;
        const int timer = ::virEventAddTimeout(0, ignore_timeout, nullptr, nullptr);
        thread_.join();
        ::virEventRemoveTimeout(timer);
    }

    std::mutex mutex_;
    std::thread thread_;
    std::atomic<bool> stopped_ = false;
    int users_ = 0;
};

/// Never destroyed: a connection may be closed while the process ends.
Loop& loop() {
    static Loop& instance = *new Loop;
    return instance;
}

}  // namespace

EventUser::EventUser() { prepare_libvirt(); }

EventUser::~EventUser() {
    if (serving_) loop().remove_user();
}

void EventUser::serve() {
    if (serving_ || !prepare_libvirt()) return;
    loop().add_user();
    serving_ = true;
}

}  // namespace sandgraft::virt
