// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/process.hpp>

#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

namespace cli {

/// Takes this process's signals from its making on and passes them to the sandbox's command; a change of the
/// terminal's size too. A signal that comes before there is one ends this process as usual. Being stopped and
/// continued is shared with the command, and the terminal has its own mode meanwhile. To be made before any other
/// thread.
class SignalForwarder {
public:
    /// @param before  called with each signal that is passed on, in a thread of its own.
    explicit SignalForwarder(std::function<void(int)> before = {});
    ~SignalForwarder();
    SignalForwarder(const SignalForwarder&) = delete;
    SignalForwarder& operator=(const SignalForwarder&) = delete;

    /// For its lifetime a process gets the signals; after it they are ignored.
    class Scope {
    public:
        Scope(SignalForwarder& forwarder, sandgraft::Process& process) : forwarder_(forwarder) {
            forwarder_.forward_to(&process);
        }
        ~Scope() { forwarder_.forward_to(nullptr); }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        SignalForwarder& forwarder_;
    };

private:
    void forward_to(sandgraft::Process* process);
    void run();
    void handle(int number);
    void stop();
    void go_on();

    std::function<void(int)> before_;
    sigset_t handled_;
    std::mutex mutex_;
    sandgraft::Process* process_ = nullptr;
    bool had_process_ = false;
    std::thread thread_;
};

}  // namespace cli
