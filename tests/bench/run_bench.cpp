// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line against the least that could do its work: starting a sandbox against libvirt's own creation of
// the same domain, and moving bytes in and out against a bare pipe. To be run in a private libvirtd environment.
//
//     bench-run SANDGRAFT
#include "bench/pairs.hpp"

#include "base/fd.hpp"
#include "base/file.hpp"

#include <libvirt/libvirt.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cstdlib>
#include <memory>
#include <thread>

namespace {

using namespace sandgraft;
using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;
using Domain = std::unique_ptr<virDomain, decltype(&virDomainFree)>;

constexpr int start_rounds = 25;
constexpr int stream_rounds = 5;
constexpr double promised_start = 1.5;
constexpr double promised_stream = 6;
constexpr long promised_memory_kib = 32 * 1024;
const std::string gigabyte = "1073741824";

/// Its output goes nowhere by itself: sent to a /dev/null of the host it would cross the channel as well.
const Words swallow = {"sh", "-c", "exec cat >/dev/null"};

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "bench-run: %s\n", why.c_str());
    std::exit(1);
}

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

/// Starts a program with its input and output at descriptors; -1: /dev/null.
pid_t start(const Words& words, int input, int output) {
    std::vector<char*> argv;
    for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    const auto connect = [&](int fd, int to, int flags) {
        if (fd < 0)
            ::posix_spawn_file_actions_addopen(&actions, to, "/dev/null", flags, 0);
        else
            ::posix_spawn_file_actions_adddup2(&actions, fd, to);
    };
    connect(input, 0, O_RDONLY);
    connect(output, 1, O_WRONLY);
    pid_t pid = 0;
    if (::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ) != 0) fail("cannot start " + words[0]);
    ::posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/// The peak memory of a process that has to succeed, in KiB.
long finish(pid_t pid, const char* what) {
    int status = 0;
    rusage usage{};
    if (::wait4(pid, &status, 0, &usage) < 0 || status != 0) fail(std::string(what) + " failed");
    return usage.ru_maxrss;
}

std::string output_of(const Words& words) {
    auto [reader, writer] = base::make_pipe();
    const pid_t pid = start(words, -1, writer.get());
    writer.reset();
    std::string text = base::read_all(reader.get(), 1 << 20, words[0]);
    finish(pid, words[0].c_str());
    return text;
}

/// libvirt leaves a directory in the root of a container: not in the machine's.
std::string private_root() {
    for (const char* path : {"/run/bench", "/run/bench/skeleton", "/run/bench/skeleton/.oldroot", "/run/bench/root"})
        ::mkdir(path, 0755);
    if (::mount("bench", "/run/bench/root", "overlay", MS_RDONLY, "lowerdir=/run/bench/skeleton:/") < 0)
        fail("cannot make a private root");
    return "/run/bench/root";
}

class Bench {
public:
    explicit Bench(std::string program) : program_(std::move(program)), connection_(::virConnectOpen("lxc:///system")) {
        if (connection_ == nullptr) fail("cannot connect to libvirt");
    }

    bool starts() {
        const std::string document =
            output_of({program_, "xml", "-T", "--name", "bench", "--root", private_root(), "--", "/bin/true"});
        std::vector<double> ours;
        std::vector<double> bare;
        for (int i = 0; i < start_rounds; ++i) {
            settle();
            bare.push_back(create(document));
            settle();
            ours.push_back(run_true());
        }
        const double ratio = median(ours) / median(bare);
        std::printf("start: medians of %d\n", start_rounds);
        std::printf("  %-44s %8.1f ms   x %.2f (at most %.1f)\n", "sandgraft run -- /bin/true, whole process",
                    median(ours), ratio, promised_start);
        std::printf("  %-44s %8.1f ms   x 1.00\n", "virDomainCreateXML of the same domain", median(bare));
        return ratio <= promised_start;
    }

    bool outputs() {
        return streams("output of 1 GiB", [this](bool sandboxed) {
            return transfer(command(sandboxed, {"head", "-c", gigabyte, "/dev/zero"}), swallow, 0);
        });
    }

    bool inputs() {
        return streams("input of 1 GiB", [this](bool sandboxed) {
            return transfer({"head", "-c", gigabyte, "/dev/zero"}, command(sandboxed, swallow), 1);
        });
    }

private:
    struct Transfer {
        double milliseconds;
        long memory_kib;
    };

    /// Until the last domain is torn down and libvirtd is idle.
    void settle() const {
        while (::virConnectNumOfDomains(connection_) > 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }

    [[nodiscard]] double create(const std::string& document) const {
        const auto begin = Clock::now();
        const Domain domain(::virDomainCreateXML(connection_, document.c_str(), VIR_DOMAIN_START_AUTODESTROY),
                            virDomainFree);
        const double spent = milliseconds_since(begin);
        if (!domain) fail("cannot create the domain");
        ::virDomainDestroy(domain.get());
        return spent;
    }

    [[nodiscard]] double run_true() const {
        const auto begin = Clock::now();
        finish(start({program_, "run", "-T", "--", "/bin/true"}, -1, -1), "sandgraft run");
        return milliseconds_since(begin);
    }

    [[nodiscard]] Words command(bool sandboxed, const Words& words) const {
        if (!sandboxed) return words;
        Words all{program_, "run", "-T", "--"};
        all.insert(all.end(), words.begin(), words.end());
        return all;
    }

    /// Both ends of a pipe as processes; the memory is that of the one asked for.
    static Transfer transfer(const Words& writer, const Words& reader, std::size_t measured) {
        auto [read_end, write_end] = base::make_pipe();
        const auto begin = Clock::now();
        const pid_t reading = start(reader, read_end.get(), -1);
        const pid_t writing = start(writer, -1, write_end.get());
        read_end.reset();
        write_end.reset();
        const std::array memory = {finish(writing, "the writer"), finish(reading, "the reader")};
        return {milliseconds_since(begin), memory[measured]};
    }

    template <typename Run>
    bool streams(const char* title, Run run) {
        std::vector<double> ours;
        std::vector<double> bare;
        long memory = 0;
        for (int i = 0; i < stream_rounds; ++i) {
            bare.push_back(run(false).milliseconds);
            settle();
            const Transfer measured = run(true);
            ours.push_back(measured.milliseconds);
            memory = std::max(memory, measured.memory_kib);
        }
        const double ratio = median(ours) / median(bare);
        std::printf("%s: medians of %d\n", title, stream_rounds);
        std::printf("  %-44s %8.0f ms   x %.2f (at most %.0f)   peak %ld KiB (at most %ld)\n",
                    "through sandgraft run, start included", median(ours), ratio, promised_stream, memory,
                    promised_memory_kib);
        std::printf("  %-44s %8.0f ms   x 1.00\n", "through a pipe on the host", median(bare));
        return ratio <= promised_stream && memory <= promised_memory_kib;
    }

    std::string program_;
    virConnectPtr connection_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) fail("usage: bench-run SANDGRAFT");
    Bench bench(argv[1]);
    const std::array results = {bench.starts(), bench.outputs(), bench.inputs()};
    const bool good = std::all_of(results.begin(), results.end(), [](bool result) { return result; });
    if (!good) std::printf("a promised figure was missed\n");
    return good ? 0 : 1;
}
