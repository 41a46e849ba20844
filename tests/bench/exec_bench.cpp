// SPDX-License-Identifier: LGPL-2.1-or-later
// Another process in a sandbox that runs: the command line and the library against nsenter(1) into the same container,
// and what goes through exec against what goes through run. To be run in a private libvirtd environment.
//
//     bench-exec SANDGRAFT
#include "bench/pairs.hpp"

#include <sandgraft/host.hpp>

#include <libvirt/libvirt.h>

#include <sys/wait.h>
#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace {

using namespace sandgraft;

constexpr int rounds = 50;
constexpr int transfers = 5;
constexpr double promised = 1.5;
constexpr int at_once = 10;
const std::string name = "bench-exec";
const std::string gigabyte = "1073741824";

void run(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t pid = ::vfork();
    if (pid == 0) {
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid || status != 0) throw std::runtime_error(words[0] + " failed");
}

/// libvirt's controller has one child, init, which has the command.
std::string child_of(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/task/" + pid + "/children");
    std::string child;
    if (!(file >> child)) throw std::runtime_error("process " + pid + " has no child");
    return child;
}

std::string command_process() {
    const std::unique_ptr<virConnect, decltype(&virConnectClose)> connection(::virConnectOpen("lxc:///system"),
                                                                             virConnectClose);
    const std::unique_ptr<virDomain, decltype(&virDomainFree)> domain(
        ::virDomainLookupByName(connection.get(), name.c_str()), virDomainFree);
    if (!domain) throw std::runtime_error("the sandbox is not there");
    return child_of(child_of(std::to_string(::virDomainGetID(domain.get()))));
}

void exec_many(Instance& instance) {
    std::vector<Process> processes;
    for (int i = 0; i < at_once; ++i) processes.push_back(instance.exec({.argv = {"true"}}));
    for (auto& process : processes)
        if (process.wait() != 0) throw std::runtime_error("a process failed");
}

bool commands(const std::string& program, Instance& instance) {
    const std::string inside = command_process();
    std::vector<bench::Contender> contenders = {
        {"nsenter -a -- true",
         [&] {
             run({"nsenter", "-a", "-t", inside, "--", "true"});
         }},
        {"sandgraft exec -- true",
         [&] {
             run({program, "exec", name, "--", "true"});
         }},
        {"one exec, instance open", [&] { (void)instance.exec({.argv = {"true"}}).wait(); }},
        {"ten execs, instance open", [&] { exec_many(instance); }},
    };
    bench::measure(contenders, rounds, 1);
    bench::print(contenders);
    return contenders[1].median() <= promised * contenders[0].median();
}

/// To a reader of its own, since one on the host's /dev/null would cost nothing.
std::string into_cat(const std::string& command) { return command + " | cat >/dev/null"; }

void streams(const std::string& program) {
    const std::string writer = " -- head -c " + gigabyte + " /dev/zero";
    std::vector<bench::Contender> contenders = {
        {"1 GiB through run",
         [&] {
             run({"sh", "-c", into_cat(program + " run -T" + writer)});
         }},
        {"1 GiB through exec",
         [&] {
             run({"sh", "-c", into_cat(program + " exec " + name + writer)});
         }},
    };
    bench::measure(contenders, transfers, 1);
    bench::print(contenders);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    try {
        const auto host = Host::open();
        auto instance = host.start_kept({.name = name, .payload = Command{.argv = {"sleep", "1000"}}});
        const bool kept_promise = commands(argv[1], instance);
        streams(argv[1]);
        instance.destroy();
        std::printf("exec: at most %.1f times nsenter: %s\n", promised, kept_promise ? "met" : "missed");
        return kept_promise ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench-exec: %s\n", error.what());
        return 1;
    }
}
