// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/guard_process.hpp"

#include "root/apart.hpp"

#include <poll.h>
#include <unistd.h>
#include <cerrno>

namespace sandgraft::root {

GuardProcess::GuardProcess(const std::string& program, std::vector<std::string> arguments,
                           const MountNamespace& place) {
    auto [lease, kept_lease] = base::make_pipe();
    auto [kept_answer, answer] = base::make_pipe();
    start_apart({.path = program, .arguments = std::move(arguments), .descriptors = {lease.get(), answer.get()}},
                place);
    lease_ = std::move(kept_lease);
    answer_ = std::move(kept_answer);
}

int GuardProcess::error() {
    if (error_) return *error_;
    int error = 0;
    ssize_t n = 0;
    do n = ::read(answer_.get(), &error, sizeof error);
    while (n < 0 && errno == EINTR);
    error_ = n == sizeof error ? error : ECONNRESET;  // where somebody killed it
    return *error_;
}

bool GuardProcess::has_ended() const {
    pollfd end{.fd = answer_.get(), .events = 0, .revents = 0};
    return ::poll(&end, 1, 0) > 0;
}

}  // namespace sandgraft::root
