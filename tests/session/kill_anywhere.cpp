// SPDX-License-Identifier: LGPL-2.1-or-later
// kill-anywhere [COUNT [SEED [VICTIM]]]: COUNT times each, kills the client, the keeper, init and libvirt's controller
// of a kept sandbox at a random moment of its life, which is to be defined, started, asked for another process, stopped
// and removed. Then what the host lists is true, all of it can be removed, nothing is left, and another sandbox goes
// on. kill-anywhere --life NAME: one such life.
#include "controllers.hpp"

#include "support/traces.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/host.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

using namespace sandgraft;
using namespace sandgraft::test;
using Clock = std::chrono::steady_clock;

namespace {

constexpr const char* victim_name = "kill-victim";
constexpr const char* bystander_name = "kill-bystander";
constexpr std::chrono::seconds long_enough{60};

void require(bool condition, const std::string& what) {
    if (!condition) throw std::runtime_error(what);
}

Sandbox sleeper(const std::string& name) { return {.name = name, .payload = Command{.argv = {"sleep", "1000"}}}; }

int status_of(Instance& instance, const std::vector<std::string>& argv) {
    return instance.exec({.argv = argv}).wait(long_enough).value_or(-1);
}

int live(const std::string& name) {
    try {
        const auto host = Host::open();
        host.define(sleeper(name));
        auto instance = host.start_kept(name);
        require(status_of(instance, {"sh", "-c", "exit 3"}) == 3, "wrong status");
        instance.stop();
        require(instance.wait(long_enough) == 143, "not stopped");
        while (host.find(name).info.state == SandboxInfo::State::running) ::usleep(10000);
        host.undefine(name);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << name << ": " << error.what() << std::endl;
        return 1;
    }
}

/// A process that lives such a life.
class Life {
public:
    Life() {
        std::string self = "/proc/self/exe", life = "--life", name = victim_name;
        char* arguments[] = {self.data(), life.data(), name.data(), nullptr};
        require(::posix_spawn(&process_, self.c_str(), nullptr, nullptr, arguments, environ) == 0, "cannot spawn");
    }

    [[nodiscard]] pid_t process() const { return process_; }

    [[nodiscard]] bool has_ended() {
        ended_ = ended_ || ::waitpid(process_, &status_, WNOHANG) == process_;
        return ended_;
    }

    int finish() {
        const auto deadline = Clock::now() + 2 * long_enough;
        while (!has_ended()) {
            require(Clock::now() < deadline, "the client hangs");
            ::usleep(2000);
        }
        return status_;
    }

private:
    pid_t process_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

/// Before init runs, libvirt 9.0 waits for ever for a controller that was killed, whose child holds both ends of what
/// it waits for.
std::optional<pid_t> controller_that_has_started(const Life&) {
    return init_of(victim_name) ? controller_of(victim_name) : std::nullopt;
}

struct Victim {
    const char* name;
    std::function<std::optional<pid_t>(const Life&)> find;
};

const Victim victims[] = {
    {"client", [](const Life& life) { return std::optional(life.process()); }},
    {"keeper", [](const Life&) { return find_process("sandgraft-keeper", victim_name); }},
    {"controller", controller_that_has_started},
    {"init", [](const Life&) { return init_of(victim_name); }},
};

std::optional<pid_t> await(Life& life, const Victim& victim) {
    while (!life.has_ended()) {
        if (const auto found = victim.find(life)) return found;
        ::usleep(500);
    }
    return std::nullopt;
}

/// How long there is a victim in a life that nobody disturbs.
Clock::duration presence(const Victim& victim) {
    Life life;
    const auto found = await(life, victim);
    const auto begin = Clock::now();
    while (!life.has_ended() && victim.find(life) == found) ::usleep(500);
    const auto length = Clock::now() - begin;
    require(found && life.finish() == 0, "an undisturbed life fails");
    return length;
}

/// @param pause  from the moment that there is a victim.
/// @return whether it was there to be killed.
bool kill_in(Life& life, const Victim& victim, Clock::duration pause) {
    const auto found = await(life, victim);
    const auto moment = Clock::now() + pause;
    while (!life.has_ended() && Clock::now() < moment) ::usleep(200);
    return found && !life.has_ended() && victim.find(life) == found && ::kill(*found, SIGKILL) == 0;
}

std::optional<SandboxInfo> listed(const Host& host) {
    for (const auto& info : host.list())
        if (info.name == victim_name) return info;
    return std::nullopt;
}

/// Whether the victim has a controller, which may be about to end, and then has no arguments any more.
bool has_controller() {
    const auto others = controller_of(bystander_name);
    for (const pid_t process : all_processes())
        if (process != others && of_process(process, "comm") == "libvirt_lxc\n" &&
            of_process(process, "stat").find(") Z ") == std::string::npos)
            return true;
    return false;
}

/// One that is listed as running has a controller, before or after, since a start may still be under way.
void check_list(const Host& host) {
    const bool ran = has_controller();
    const auto info = listed(host);
    const bool told = info && info->state == SandboxInfo::State::running;
    require(!told || ran || has_controller(), "what is listed as running does not run");
}

/// By the name alone, as whoever finds it would.
void remove(const Host& host) {
    const auto info = listed(host);
    if (!info) return;
    try {
        host.destroy(victim_name);
        if (info->defined) host.undefine(victim_name);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::not_found && error.code() != ErrorCode::wrong_state) throw;
    }
}

void check_nothing_left(const Host& host, const std::vector<std::string>& before) {
    const auto gone = [&] {
        remove(host);
        return !listed(host) && !controller_of(victim_name) && !find_process("sandgraft-keeper", victim_name) &&
               !std::filesystem::exists("/run/sandgraft/" + std::string(victim_name));
    };
    require(eventually(gone), "something is left");
    require(no_trace_since(before), "a view is left");
}

class Course {
public:
    explicit Course(unsigned seed) : random_(seed), bystander_(host_.start(sleeper(bystander_name))) {}

    /// Until so many were killed. One that had just ended when it should be is another try.
    /// @return how many tries it took.
    int run(const Victim& victim, int count) {
        const auto length = presence(victim);
        check_nothing_left(host_, before_);
        int tries = 0;
        for (int killed = 0; killed < count; ++tries) {
            require(tries < 10 * count, "hardly ever there to be killed");
            killed += kill_one(victim, length) ? 1 : 0;
        }
        return tries;
    }

private:
    bool kill_one(const Victim& victim, Clock::duration length) {
        const double fraction = std::uniform_real_distribution(0.0, 1.0)(random_);
        Life life;
        const bool killed = kill_in(life, victim, std::chrono::duration_cast<Clock::duration>(length * fraction));
        const int status = life.finish();
        require(WIFEXITED(status) || (killed && std::string(victim.name) == "client"), "the client crashed");
        check_list(host_);
        check_nothing_left(host_, before_);
        require(status_of(bystander_, {"true"}) == 0, "another sandbox suffers");
        return killed;
    }

    std::mt19937 random_;
    std::vector<std::string> before_ = traces();
    Host host_ = Host::open();
    Instance bystander_;
};

int run(int count, unsigned seed, const std::string& only) {
    std::cout << "seed " << seed << std::endl;
    Course course(seed);
    for (const auto& victim : victims) {
        if (!only.empty() && only != victim.name) continue;
        const int tries = course.run(victim, count);
        std::cout << victim.name << ": " << count << " killed in " << tries << " lives" << std::endl;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string(argv[1]) == "--life") return live(argv[2]);
    try {
        return run(argc > 1 ? std::atoi(argv[1]) : 100,
                   argc > 2 ? static_cast<unsigned>(std::atol(argv[2])) : std::random_device{}(),
                   argc > 3 ? argv[3] : "");
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
