// SPDX-License-Identifier: LGPL-2.1-or-later
// A program that uses libvirt itself: it has its own event implementation and error function before it meets
// Sandgraft.
#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <sandgraft/host.hpp>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

namespace {

std::size_t threads() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}

void count_error(void* counter, virErrorPtr /*error*/) { ++*static_cast<std::atomic<int>*>(counter); }

void note_stop(int /*timer*/, void* stop) { *static_cast<std::atomic<bool>*>(stop) = true; }

}  // namespace

TEST_CASE("a program that serves libvirt's events goes on doing so") {
    REQUIRE(::virEventRegisterDefaultImpl() == 0);
    std::atomic<int> errors = 0;
    ::virSetErrorFunc(&errors, count_error);
    std::atomic<bool> stopped = false;
    std::thread loop([&] {
        while (!stopped) ::virEventRunDefaultImpl();
    });
    const std::size_t before = threads();
    {
        const auto host = sandgraft::Host::open();
        sandgraft::Sandbox sandbox;
        sandbox.payload = sandgraft::Command{.argv = {"cat"}};
        for (const auto channel : {sandgraft::Channel::socket, sandgraft::Channel::console}) {
            sandgraft::StartOptions options;
            options.channel = channel;
            auto instance = host.start(sandbox, options);
            CHECK(threads() == before);
            CHECK(instance.wait(std::chrono::seconds(30)) == 0);
            instance.destroy();
            instance.destroy();  // there is nothing left, which libvirt tells its connection alone
        }
        CHECK(sandgraft::test::error_of([] {
                  (void)sandgraft::Host::open({.uri = "nonsense:///"});
              }).find("nonsense") != std::string::npos);
        CHECK(errors == 1);
    }
    CHECK(threads() == before);
    REQUIRE(::virEventAddTimeout(0, note_stop, &stopped, nullptr) >= 0);
    loop.join();
}
