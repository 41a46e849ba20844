// SPDX-License-Identifier: LGPL-2.1-or-later
// What libvirt may fail at, but does not when it is asked to: its event functions are those of this file.
#include "virt/libvirt/console_bridge.hpp"
#include "virt/libvirt/event_loop.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <iterator>
#include <mutex>

using namespace sandgraft;
using namespace std::chrono_literals;
using test::error_of;

namespace {

/// An event loop with one timer, which ends its turn when that has run out.
struct Events {
    std::mutex mutex{};
    std::condition_variable changed{};
    bool takes_timers = false;
    int failures = 0;  ///< of the next turns
    int turns = 0;
    int timeout = -1;

    static Events& instance() {
        static Events& events = *new Events;
        return events;
    }

    int turn() {
        std::unique_lock lock(mutex);
        ++turns;
        changed.notify_all();
        if (failures > 0) return --failures, -1;
        changed.wait(lock, [this] { return timeout == 0; });
        return 0;
    }

    void update(int milliseconds) {
        const std::lock_guard lock(mutex);
        timeout = milliseconds;
        changed.notify_all();
    }

    bool await_turns(int count) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 30s, [&] { return turns >= count; });
    }
};

Events& events() { return Events::instance(); }

auto open_files() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

}  // namespace

extern "C" {
int virEventRegisterDefaultImpl() { return 0; }
int virEventRunDefaultImpl() { return events().turn(); }
int virEventAddTimeout(int, virEventTimeoutCallback, void*, virFreeCallback) { return events().takes_timers ? 1 : -1; }
void virEventUpdateTimeout(int, int milliseconds) { events().update(milliseconds); }
int virEventRemoveTimeout(int) { return 0; }
int virEventAddHandle(int, int, virEventHandleCallback, void*, virFreeCallback) { return -1; }
}

TEST_CASE("events that cannot be served for want of a timer are an error, and are served as soon as there is one") {
    events().takes_timers = false;
    virt::EventUser user;
    CHECK(error_of([&] { user.serve(); }) == "cannot serve libvirt's events: unknown error");
    CHECK_FALSE(user.served_here());
    events().takes_timers = true;
    user.serve();
    CHECK(user.served_here());
    CHECK(events().await_turns(1));
}

TEST_CASE("events are served whatever one turn failed at, until the last user has gone") {
    events().takes_timers = true;
    for (int round = 0; round < 2; ++round) {
        events().turns = 0;
        events().failures = 3;
        virt::EventUser user;
        user.serve();
        CHECK(events().await_turns(4));
    }
}

TEST_CASE("a bridge that libvirt does not watch leaves nothing behind") {
    const auto before = open_files();
    virt::Bridges bridges;
    CHECK(error_of([&] { (void)bridges.open(nullptr, {}); }) == "cannot watch the console's socket: unknown error");
    CHECK(open_files() == before);
}
