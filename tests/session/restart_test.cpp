// SPDX-License-Identifier: LGPL-2.1-or-later
// libvirt's daemon ends and comes back while a kept sandbox runs.
#include "controllers.hpp"

#include "support/catch.hpp"
#include "support/traces.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/host.hpp>

#include <libvirt/libvirt.h>

#include <spawn.h>
#include <sys/wait.h>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>

using namespace sandgraft;
using namespace sandgraft::test;

namespace {

constexpr std::chrono::seconds long_enough{60};

pid_t find_daemon() {
    for (const pid_t process : all_processes())
        if (of_process(process, "comm") == "libvirtd\n") return process;
    return -1;
}

/// A daemon like another one, but that it tells nobody when it is ready.
class Daemon {
public:
    explicit Daemon(std::string environment) {
        std::vector<char*> variables;
        for (std::size_t i = 0; i < environment.size(); i += std::strlen(&environment[i]) + 1)
            if (!std::string(&environment[i]).starts_with("NOTIFY_SOCKET=")) variables.push_back(&environment[i]);
        variables.push_back(nullptr);
        std::string program = "/usr/sbin/libvirtd";
        char* arguments[] = {program.data(), nullptr};
        REQUIRE(::posix_spawn(&process_, program.c_str(), nullptr, nullptr, arguments, variables.data()) == 0);
    }
    ~Daemon() {
        ::kill(process_, SIGTERM);
        ::waitpid(process_, nullptr, 0);
    }
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

private:
    pid_t process_ = -1;
};

bool can_connect() {
    try {
        (void)Host::open();
        return true;
    } catch (const Error&) {
        return false;
    }
}

/// What libvirt says; Sandgraft would look for itself.
int number_of_domains() {
    const std::unique_ptr<virConnect, decltype(&::virConnectClose)> connection(::virConnectOpen("lxc:///system"),
                                                                               ::virConnectClose);
    return ::virConnectListAllDomains(connection.get(), nullptr, 0);
}

/// Kills the daemon and starts another, which is there until the next, or the end.
void restart_daemon(const std::function<void()>& meanwhile = [] {}) {
    static std::optional<Daemon> current;
    const pid_t running = find_daemon();
    const std::string environment = of_process(running, "environ");
    REQUIRE(::kill(running, SIGKILL) == 0);
    REQUIRE(eventually([] { return !can_connect(); }));
    meanwhile();
    current.emplace(environment);
    REQUIRE(eventually(can_connect));
}

bool runs_processes(const std::string& name) {
    auto instance = Instance::connect(name);
    return instance.exec({.argv = {"sh", "-c", "exit 3"}}).wait(long_enough) == 3;
}

SandboxInfo::State state_of(const std::string& name) { return Host::open().find(name).info.state; }

}  // namespace

TEST_CASE("a sandbox of a program survives the restart of libvirt's daemon") {
    const std::string name = "run-restart";
    const auto host = Host::open();
    auto instance = host.start({.name = name, .payload = Command{.argv = {"sleep", "1000"}}});
    restart_daemon();
    CHECK(Host::open().list().size() == 1);
    instance.stop();
    CHECK(instance.wait(long_enough) == 143);
    CHECK(eventually([&] { return !controller_of(name); }));
    CHECK(eventually([&] { return Host::open().list().empty(); }));
}

TEST_CASE("nothing is left of a sandbox of a program that ends while there is no daemon") {
    const std::string name = "run-unseen";
    {
        auto instance = Host::open().start({.name = name, .payload = Command{.argv = {"sleep", "1000"}}});
        restart_daemon([&] {
            instance.stop();
            CHECK(instance.wait(long_enough) == 143);
            CHECK(eventually([&] { return !controller_of(name); }));
        });
    }
    CHECK(eventually([] { return number_of_domains() == 0; }));
}

TEST_CASE("a kept sandbox survives the restart of libvirt's daemon, and can be used meanwhile") {
    const std::string name = "kept-restart";
    {
        const auto host = Host::open();
        host.define({.name = name, .payload = Command{.argv = {"sleep", "1000"}}});
        (void)host.start_kept(name);
    }
    restart_daemon([&] { CHECK(runs_processes(name)); });
    CHECK(state_of(name) == SandboxInfo::State::running);
    CHECK(runs_processes(name));
    auto instance = Instance::connect(name);
    instance.stop();
    CHECK(instance.wait(long_enough) == 143);
    CHECK(eventually([&] { return state_of(name) == SandboxInfo::State::stopped; }));
    CHECK(eventually([&] { return !controller_of(name); }));
    Host::open().undefine(name);
}
