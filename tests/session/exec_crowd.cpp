// SPDX-License-Identifier: LGPL-2.1-or-later
// exec-crowd [CLIENTS [PROCESSES [SEED]]]: so many client processes execute so many processes each at once in one kept
// sandbox. Each of these is given an input of a random size, which has to come back, with an output of a random size
// behind it and a random status; another one's output is never read. Prints the peaks of memory. exec-crowd --client
// PROCESSES SEED DESCRIPTOR: one such client.
#include "base/fd.hpp"
#include "base/file.hpp"
#include "support/traces.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/host.hpp>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace sandgraft;

namespace {

constexpr const char* name = "exec-crowd";
constexpr std::chrono::minutes long_enough{10};
constexpr std::size_t largest = 4 << 20;
#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer);
#else
constexpr bool sanitized = false;
#endif
constexpr long most_memory = 64 * 1024;  ///< of a client or the keeper, in KiB

void require(bool condition, const std::string& what) {
    if (!condition) throw std::runtime_error(what);
}

/// In KiB, since its start.
long peak_of(const std::string& process) {
    std::ifstream status("/proc/" + process + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
    return 0;
}

std::string keeper() {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "cmdline");
        const std::string line((std::istreambuf_iterator<char>(file)), {});
        if (line.find("sandgraft-keeper") != std::string::npos && line.find(std::string(1, '\0') + name) != line.npos)
            return entry.path().filename();
    }
    throw std::runtime_error("there is no keeper");
}

/// A process that is given so many bytes, which have to come back with zeros behind them.
class Echo {
public:
    Echo(Instance& instance, std::mt19937_64& random)
        : salt_(random()),
          given_(random() % largest),
          zeros_(random() % largest),
          status_(static_cast<int>(random() % 100)),
          input_(make_input()) {
        const std::string script =
            "cat; head -c " + std::to_string(zeros_) + " /dev/zero; exit " + std::to_string(status_);
        process_.emplace(
            instance.exec({.argv = {"sh", "-c", script}},
                          {.input = input_.get(), .on_output = [this](std::string_view text) { take(text); }}));
    }

    void check() {
        require(process_->wait(long_enough) == status_, "wrong status");
        require(come_ == given_ + zeros_, "wrong size");
        require(right_, "wrong bytes");
    }

private:
    [[nodiscard]] char byte_at(std::size_t at) const { return static_cast<char>(((at + salt_) * 2654435761U) >> 24); }

    [[nodiscard]] base::Fd make_input() const {
        base::Fd file = base::checked(::memfd_create("input", MFD_CLOEXEC), "no input");
        std::string piece;
        for (std::size_t at = 0; at < given_; ++at) {
            piece += byte_at(at);
            if (piece.size() < 65536 && at + 1 < given_) continue;
            base::write_all(file.get(), piece, "the input");
            piece.clear();
        }
        ::lseek(file.get(), 0, SEEK_SET);
        return file;
    }

    void take(std::string_view text) {
        for (const char byte : text) {
            right_ = right_ && byte == (come_ < given_ ? byte_at(come_) : '\0');
            ++come_;
        }
    }

    std::size_t salt_;
    std::size_t given_;
    std::size_t zeros_;
    int status_;
    base::Fd input_;
    std::size_t come_ = 0;
    bool right_ = true;
    std::optional<Process> process_;
};

/// @return its peak of memory.
long be_client(std::size_t processes, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    auto instance = Instance::connect(name);
    const auto unread = base::make_pipe();
    const auto endless = instance.exec({.argv = {"yes"}}, {.output = unread[1].get()});
    std::vector<std::unique_ptr<Echo>> echoes;
    for (std::size_t i = 0; i < processes; ++i) echoes.push_back(std::make_unique<Echo>(instance, random));
    for (const auto& echo : echoes) echo->check();
    require(!endless.exit(), "what nobody reads has ended");
    return peak_of("self");
}

void start_client(std::size_t processes, std::uint64_t seed, int result) {
    const std::string words[] = {std::to_string(processes), std::to_string(seed), std::to_string(result)};
    const pid_t child = ::fork();
    require(child >= 0, "no process");
    if (child > 0) return;
    ::execl("/proc/self/exe", name, "--client", words[0].c_str(), words[1].c_str(), words[2].c_str(), nullptr);
    ::_exit(1);
}

/// @return the largest peak of a client.
long run_clients(std::size_t clients, std::size_t processes, std::uint64_t seed) {
    int results[2];
    require(::pipe(results) == 0, "no pipe");  // NOLINT: without O_CLOEXEC, for the clients
    for (std::size_t i = 0; i < clients; ++i) start_client(processes, seed + i, results[1]);
    ::close(results[1]);
    long highest = 0;
    std::size_t answers = 0;
    for (long peak = 0; ::read(results[0], &peak, sizeof peak) == sizeof peak; ++answers)
        highest = std::max(highest, peak);
    ::close(results[0]);
    for (std::size_t i = 0; i < clients; ++i) ::wait(nullptr);
    require(answers == clients, "a client failed");
    return highest;
}

void run(std::size_t clients, std::size_t processes, std::uint64_t seed) {
    const auto host = Host::open();
    auto sandbox = host.start_kept(Sandbox{.name = name, .payload = Command{.argv = {"sleep", "1000"}}});
    const auto begin = std::chrono::steady_clock::now();
    const long clients_peak = run_clients(clients, processes, seed);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const long keepers_peak = peak_of(keeper());
    std::cout << clients << " clients with " << processes << " processes each, seed " << seed << ": " << took.count()
              << " s; peak of a client " << clients_peak << " KiB, of the keeper " << keepers_peak << " KiB"
              << std::endl;
    require(sanitized || (clients_peak < most_memory && keepers_peak < most_memory), "too much memory");
    sandbox.destroy();
    (void)test::eventually([&] { return !std::filesystem::exists(std::string("/run/sandgraft/") + name); });
}

}  // namespace

int main(int argc, char** argv) {
    const auto number = [&](int at, std::uint64_t otherwise) { return argc > at ? std::stoull(argv[at]) : otherwise; };
    try {
        if (argc == 5 && argv[1] == std::string_view("--client")) {
            const long peak = be_client(number(2, 0), number(3, 0));
            return ::write(static_cast<int>(number(4, 0)), &peak, sizeof peak) == sizeof peak ? 0 : 1;
        }
        run(number(1, 20), number(2, 10), number(3, std::random_device()()));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "exec-crowd: " << error.what() << std::endl;
        return 1;
    }
}
