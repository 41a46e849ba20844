// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/instance.hpp>

#include <csignal>
#include <mutex>
#include <thread>

namespace cli {

/// Takes this process's signals from its making on and passes them to the sandbox's command; a change of the
/// terminal's size too. A signal that comes before there is a sandbox ends this process as usual. Being stopped and
/// continued is shared with the command, and the terminal has its own mode meanwhile. To be made before any other
/// thread.
class SignalForwarder {
public:
    SignalForwarder();
    ~SignalForwarder();
    SignalForwarder(const SignalForwarder&) = delete;
    SignalForwarder& operator=(const SignalForwarder&) = delete;

    /// For its lifetime an instance gets the signals; after it they are ignored.
    class Scope {
    public:
        Scope(SignalForwarder& forwarder, sandgraft::Instance& instance) : forwarder_(forwarder) {
            forwarder_.forward_to(&instance);
        }
        ~Scope() { forwarder_.forward_to(nullptr); }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        SignalForwarder& forwarder_;
    };

private:
    void forward_to(sandgraft::Instance* instance);
    void run();
    void handle(int number);
    void stop();
    void go_on();

    sigset_t handled_;
    std::mutex mutex_;
    sandgraft::Instance* instance_ = nullptr;
    bool had_instance_ = false;
    std::thread thread_;
};

}  // namespace cli
