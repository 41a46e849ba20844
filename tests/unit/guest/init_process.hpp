// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/command.hpp"
#include "guest/supervise.hpp"
#include "support/catch.hpp"
#include "support/peer.hpp"
#include "wire/config_transfer.hpp"
#include "wire/exec_config.hpp"
#include "wire/message.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sandgraft::test {

using Words = std::vector<std::string>;

inline guest::ProcessSpec spec_of(Words argv) {
    guest::ProcessSpec spec;
    spec.oom_score = 70;
    spec.directory = std::string("/");  // gcc warns of an assigned literal, unfounded
    spec.argv = std::move(argv);
    spec.environment = {"PATH=/usr/bin:/bin"};
    return spec;
}

/// The state may follow what was told of it.
template <class Condition>
bool becomes(Condition condition) {
    for (int i = 0; i < 200 && !condition(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return condition();
}

/// What the host was told of a process.
struct Told {
    bool ready = false;
    std::map<int, std::string> output;  ///< by stream
    std::map<int, int> eofs;
    std::optional<wire::Exited> exited;
    std::optional<std::string> failed;

    [[nodiscard]] bool over() const { return exited || failed; }
};

/// What an init of a test does, beside what all do.
struct InitOptions {
    bool terminal = false;
    std::string events{};                          ///< the file in which the kernel counts those that it has killed
    std::string peak{};                            ///< and that in which it tells the most memory
    std::string requests{};                        ///< the fifo in which the hypervisor asks for the end
    std::uint16_t version = wire::newest_version;  ///< of the protocol, which both sides speak
};

/// Init as a process of its own, as it is in a sandbox: it blocks signals and reaps whatever ends.
class Init {
public:
    explicit Init(const std::string& script, bool terminal = false)
        : Init(spec_of({"sh", "-c", script}), {.terminal = terminal}) {}
    explicit Init(Words argv, const InitOptions& options = {}) : Init(spec_of(std::move(argv)), options) {}
    explicit Init(const guest::ProcessSpec& spec, const InitOptions& options = {})
        : Init(base::make_socket_pair(), spec, options) {}
    ~Init() {
        end_sessions();
        host.close();
        ::waitpid(pid, nullptr, 0);
    }
    Init(const Init&) = delete;
    Init& operator=(const Init&) = delete;

    /// Takes one frame and grants credit for its data.
    /// @return false when there is none in time, or init is gone.
    bool take() {
        const auto frame = host.receive();
        if (!frame) return false;
        Told& process = told[frame->process];
        INFO("process " << frame->process << ", " << wire::name(frame->type));
        REQUIRE_FALSE(process.over());
        const wire::Frame seen{frame->type, frame->stream, frame->process, frame->payload};
        REQUIRE((process.ready || comes_before_ready(frame->type)));
        switch (frame->type) {
            case wire::FrameType::ready: process.ready = true; break;
            case wire::FrameType::eof: process.eofs[frame->stream] += 1; break;
            case wire::FrameType::exited: process.exited = wire::decode_exited(seen, version_); break;
            case wire::FrameType::failed: process.failed = wire::decode_failed(seen); break;
            case wire::FrameType::data:
                process.output[frame->stream] += frame->payload;
                if (!unread.contains(frame->process))
                    host.send(wire::encode_credit(frame->process, wire::decode_stream(seen),
                                                  static_cast<std::uint32_t>(frame->payload.size())));
                break;
            case wire::FrameType::credit: break;
            default: FAIL("init said what it may not say");
        }
        return true;
    }

    /// Takes frames until something is so.
    template <class Condition>
    void until(Condition condition) {
        while (!condition()) REQUIRE(take());
    }

    /// Takes frames until the end of a process is told.
    wire::Exited result(std::uint16_t process = 0) {
        until([&] { return told[process].over(); });
        INFO(told[process].failed.value_or(""));
        REQUIRE(told[process].exited);
        return *told[process].exited;
    }

    /// Takes frames until it is told why a process could not be started.
    std::string refusal(std::uint16_t process) {
        until([&] { return told[process].over(); });
        REQUIRE(told[process].failed);
        return *told[process].failed;
    }

    /// Orders a process, with a number that may have been that of another.
    void exec(std::uint16_t process, const wire::ExecConfig& config) {
        told[process] = {};
        host.send(wire::encode_exec(process, wire::encode(config)));
    }
    void exec_script(std::uint16_t process, const std::string& script) {
        exec(process, {.argv = {"sh", "-c", script}});
    }

    void send(wire::Stream stream, std::string_view text, std::uint16_t process = 0) const {
        host.send(wire::encode_data(process, stream, text));
    }

    void stop(std::uint16_t process) const { host.send(wire::encode_empty(process, wire::FrameType::stop)); }

    Peer host;
    std::map<std::uint16_t, Told> told;
    std::set<std::uint16_t> unread;  ///< these get no credit
    std::map<int, std::string>& output = told[0].output;
    std::map<int, int>& eofs = told[0].eofs;
    pid_t pid = -1;

private:
    /// What a real one starts ends with it, as the first process of its PID namespace.
    void end_sessions() const {
        const std::string number = std::to_string(pid);
        std::ifstream children("/proc/" + number + "/task/" + number + "/children");
        for (pid_t child = 0; children >> child;) ::kill(-child, SIGKILL);
    }

    static bool comes_before_ready(wire::FrameType type) {
        return type == wire::FrameType::ready || type == wire::FrameType::exited || type == wire::FrameType::failed;
    }

    Init(std::array<base::Fd, 2> pair, const guest::ProcessSpec& spec, const InitOptions& options)
        : host(std::move(pair[1])), version_(options.version) {
        pid = ::fork();
        REQUIRE(pid >= 0);
        if (pid != 0) return;
        host.close();
        serve(wire::Link(std::move(pair[0])), spec, options);
    }

    [[noreturn]] static void serve(wire::Link link, const guest::ProcessSpec& spec, const InitOptions& options) {
        std::signal(SIGPIPE, SIG_IGN);
        ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        try {
            const wire::WindowSize window{24, 80};
            const auto open = [](const std::string& path) {
                return base::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
            };
            const guest::MemoryWatch memory(open(options.events), open(options.peak));
            const auto nobody = base::make_pipe();
            base::Fd fifo(::open(options.requests.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
            const guest::StopRequests requests(fifo ? std::move(fifo) : base::Fd(::dup(nobody[0].get())));
            guest::Command command(spec, options.terminal ? &window : nullptr);
            guest::supervise(link, options.version, command, memory, requests);
        } catch (const Error& error) {
            link.send(wire::encode_failed(0, error.what()));
        }
        ::_exit(0);
    }

    std::uint16_t version_;
};

}  // namespace sandgraft::test
