// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signals.hpp"

#include <unistd.h>
#include <array>
#include <utility>

namespace cli {

namespace {

constexpr std::array passed_on = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP};

/// Ends the thread; nobody else sends it to a single thread.
constexpr int wake_up = SIGURG;

/// What the caller has set to be ignored (nohup(1), a shell's background job) stays ignored.
bool is_ignored(int number) {
    struct sigaction action {};
    return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Returns when that ends nothing: after the process was stopped and continued, or when it has no shell to stop it for.
void act_by_default(int number) {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, number);
    ::raise(number);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

SignalForwarder::SignalForwarder(std::function<void(int)> before) : before_(std::move(before)) {
    ::sigemptyset(&handled_);
    for (const int number : {SIGWINCH, SIGCONT, wake_up}) ::sigaddset(&handled_, number);
    for (const int number : passed_on)
        if (!is_ignored(number)) ::sigaddset(&handled_, number);
    ::pthread_sigmask(SIG_BLOCK, &handled_, nullptr);
    thread_ = std::thread([this] { run(); });
}

SignalForwarder::~SignalForwarder() {
    ::pthread_kill(thread_.native_handle(), wake_up);
    thread_.join();
}

void SignalForwarder::forward_to(sandgraft::Process* process) {
    const std::lock_guard lock(mutex_);
    process_ = process;
    had_process_ = true;
    if (process != nullptr) process->resize();  // it may have changed meanwhile
}

void SignalForwarder::run() {
    for (;;) {
        int number = 0;
        if (::sigwait(&handled_, &number) != 0) continue;
        if (number == wake_up) return;
        handle(number);
    }
}

void SignalForwarder::handle(int number) {
    const std::lock_guard lock(mutex_);
    if (number == SIGTSTP) return stop();
    if (number == SIGCONT) return go_on();
    if (number == SIGWINCH) {
        if (process_ != nullptr) process_->resize();
    } else if (process_ != nullptr) {
        if (before_) before_(number);
        process_->send_signal(number);
    } else if (!had_process_) {
        act_by_default(number);
    }
}

/// The command's process group has no shell that could continue it, and so would ignore SIGTSTP.
void SignalForwarder::stop() {
    if (process_ != nullptr) {
        process_->suspend_terminal();
        process_->send_signal(SIGSTOP);
    }
    act_by_default(SIGTSTP);
    go_on();
}

/// The terminal first: in the background that stops this process again, and the command shall be stopped with it.
void SignalForwarder::go_on() {
    if (process_ == nullptr) return;
    process_->resume_terminal();
    process_->send_signal(SIGCONT);
}

}  // namespace cli
