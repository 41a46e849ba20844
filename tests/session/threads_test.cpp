// SPDX-License-Identifier: LGPL-2.1-or-later
// What the headers promise of threads, kept by real sandboxes.
#include <sandgraft/host.hpp>

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/pty.hpp"

#include <sandgraft/unit_set.hpp>

#include <chrono>
#include <csignal>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace sandgraft;
using test::error_of;

namespace {

constexpr std::chrono::seconds long_enough{120};
constexpr int crowd = 8;

Sandbox shell(const std::string& script, bool terminal = false) {
    Sandbox sandbox;
    sandbox.payload = Command{.argv = {"sh", "-c", script}, .terminal = terminal};
    return sandbox;
}

/// Has as many threads do it at once.
/// @return what they say that is not empty, and the errors that they throw.
std::vector<std::string> faults_in_threads(const std::function<std::string(int)>& action) {
    std::mutex mutex;
    std::vector<std::string> faults;
    {
        std::vector<std::jthread> threads;
        for (int number = 0; number < crowd; ++number)
            threads.emplace_back([&, number] {
                std::string fault;
                const std::string error = error_of([&] { fault = action(number); });
                const std::lock_guard lock(mutex);
                if (error != "no error") faults.push_back(error);
                if (!fault.empty()) faults.push_back(fault);
            });
    }
    return faults;
}

/// Has a sandbox of the host return a status.
/// @return which one it returned instead.
std::string run(const Host& host, Channel channel, int status) {
    StartOptions options;
    options.channel = channel;
    const auto returned = host.start(shell("exit " + std::to_string(status)), options).wait(long_enough);
    if (returned == status) return {};
    return std::to_string(returned.value_or(-1)) + " instead of " + std::to_string(status);
}

const std::vector<std::string> none;

}  // namespace

TEST_CASE("eight threads share a host, each with an instance of its own") {
    for (const bool in_background : {false, true}) {
        const auto host = Host::open({.in_background = in_background});
        CHECK(faults_in_threads([&](int number) { return run(host, Channel::socket, number); }) == none);
    }
}

/// libvirt 9.0 does not reliably serve many consoles at a time over one connection; see Host.
TEST_CASE("eight threads have a host each") {
    for (const auto channel : {Channel::socket, Channel::console})
        CHECK(faults_in_threads([&](int number) {
                  return run(Host::open({.in_background = number % 2 == 0}), channel, number);
              }) == none);
}

TEST_CASE("while one thread waits, another asks, sends, runs and stops") {
    const auto host = Host::open();
    for (const auto channel : {Channel::socket, Channel::console}) {
        const test::Pty pty;
        StartOptions options;
        options.streams = Streams{.input = pty.slave.get(), .output = pty.slave.get()};
        options.channel = channel;
        auto instance = host.start(shell("exec sleep 1000", true), options);
        std::optional<int> status;
        std::string error;
        std::jthread waiting([&] { error = error_of([&] { status = instance.wait(long_enough); }); });
        Process& command = instance.command();
        for (int round = 0; round < 20; ++round) {
            command.send_signal(SIGCONT);
            command.resize(24, 80);
            command.resize();
            command.suspend_terminal();
            command.resume_terminal();
            CHECK(command.start_error().empty());
            CHECK_FALSE(command.exit());
            CHECK(instance.exec({.argv = {"sh", "-c", "exit 7"}}).wait(long_enough) == 7);
        }
        CHECK(instance.domain_xml().find("<name>" + instance.name() + "</name>") != std::string::npos);
        instance.stop();
        waiting.join();
        CHECK(error == "no error");
        CHECK(status == 143);
    }
}

TEST_CASE("eight threads run processes in one sandbox, and its command ends while they wait") {
    const auto host = Host::open();
    for (const auto channel : {Channel::socket, Channel::console}) {
        StartOptions options;
        options.channel = channel;
        auto instance = host.start(shell("exec sleep 1000"), options);
        CHECK(faults_in_threads([&](int number) {
                  std::string said;
                  const Streams streams{.on_output = [&](std::string_view text) { said += text; }};
                  const std::string script = "echo " + std::to_string(number) + "; exit 7";
                  const auto status = instance.exec({.argv = {"sh", "-c", script}}, streams).wait(long_enough);
                  return status == 7 && said == std::to_string(number) + "\n" ? std::string() : "said " + said;
              }) == none);
        std::vector<Process> others;
        while (others.size() < crowd) others.push_back(instance.exec({.argv = {"sleep", "1000"}}));
        CHECK(faults_in_threads([&](int number) {
                  if (number == 0) instance.stop();
                  Process& process = number < crowd / 2 ? instance.command() : others.at(std::size_t(number));
                  std::optional<int> status;
                  const std::string error = error_of([&] { status = process.wait(long_enough); });
                  // Init may not have come to it yet.
                  return status > 128 || error == "the sandbox's command has ended" ? std::string() : error;
              }) == none);
    }
}

/// Where init could still tell it, the status is returned; see Instance::destroy().
TEST_CASE("while one thread waits, another destroys the sandbox") {
    const auto host = Host::open();
    auto instance = host.start(shell("exec sleep 1000"));
    std::optional<int> status;
    std::string error;
    std::jthread waiting([&] { error = error_of([&] { status = instance.wait(long_enough); }); });
    instance.destroy();
    waiting.join();
    CHECK((status > 128 || error.find("ended before its command did") != std::string::npos));
}

TEST_CASE("eight threads have a set of units each") {
    CHECK(faults_in_threads([](int) {
              const bool loaded = !UnitSet().closure({"multi-user.target"}).units().empty();
              return std::string(loaded ? "" : "no units");
          }) == none);
}
