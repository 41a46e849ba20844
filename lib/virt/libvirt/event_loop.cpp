// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/event_loop.hpp"

#include "base/thread.hpp"
#include "virt/libvirt/handle.hpp"

#include <libvirt/virterror.h>

#include <atomic>
#include <chrono>
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
        if (!thread_.joinable()) start();
        ++users_;
        update();
    }

    void remove_user() {
        const std::lock_guard lock(mutex_);
        --users_;
        update();
    }

    void pause() {
        const std::lock_guard lock(mutex_);
        ++pauses_;
        update();
    }

    void go_on() {
        const std::lock_guard lock(mutex_);
        --pauses_;
        update();
    }

private:
    /// A pause is one connection's own affair: where there are others it does not count.
    void update() {
        if (users_ == 0 && thread_.joinable()) stop();
        if (thread_.joinable()) set_paused(users_ == 1 && pauses_ > 0);
    }

    void start() {
        if (alarm_ < 0) alarm_ = ::virEventAddTimeout(never, ignore_timeout, nullptr, nullptr);
        if (alarm_ < 0) throw_libvirt("cannot serve libvirt's events");
        stopped_ = false;
        thread_ = base::start_thread([this] { run(); });
    }

    /// What libvirt fails at is not over with that: if nobody served them, every connection would wait for ever.
    void run() const {
        constexpr std::chrono::milliseconds pause{10};
        while (!stopped_) {
            paused_.wait(true);
            if (::virEventRunDefaultImpl() < 0) std::this_thread::sleep_for(pause);
        }
    }

    void set_paused(bool paused) {
        if (paused_ == paused) return;
        ::virEventUpdateTimeout(alarm_, paused ? 0 : never);
        paused_ = paused;
        paused_.notify_all();
    }

    void stop() {
        set_paused(false);
        stopped_ = true;
        ::virEventUpdateTimeout(alarm_, 0);
        thread_.join();
        ::virEventUpdateTimeout(alarm_, never);
    }

    static constexpr int never = -1;

    std::mutex mutex_;
    std::thread thread_;
    int alarm_ = -1;  ///< a timer that wakes the loop when it is to end or pause; made before there is one
    std::atomic<bool> stopped_ = false;
    std::atomic<bool> paused_ = false;
    int users_ = 0;
    int pauses_ = 0;
};

/// Never destroyed: a connection may be closed while the process ends.
Loop& loop() {
    static Loop& instance = *new Loop;
    return instance;
}

}  // namespace

EventPause::EventPause() { loop().pause(); }

EventPause::~EventPause() { loop().go_on(); }

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
