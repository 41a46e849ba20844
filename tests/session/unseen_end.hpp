// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "controllers.hpp"

#include "base/fd.hpp"
#include "support/catch.hpp"

#include <poll.h>
#include <csignal>
#include <string>
#include <vector>

namespace sandgraft::test {

/// Kills the controller of a domain so that libvirt does not learn of it: somebody still holds its sockets.
class UnseenEnd {
public:
    explicit UnseenEnd(const std::string& domain) {
        const pid_t controller = controller_of(domain).value();
        const base::Fd process(static_cast<int>(::syscall(SYS_pidfd_open, controller, 0)));
        REQUIRE(process);
        for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(controller) + "/fd"))
            take(process, std::stoi(entry.path().filename()));
        REQUIRE(::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) == 0);
        pollfd end{process.get(), POLLIN, 0};
        REQUIRE(::poll(&end, 1, 60'000) == 1);
    }

private:
    void take(const base::Fd& process, int fd) {
        base::Fd copy(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
        REQUIRE(copy);
        taken_.push_back(std::move(copy));
    }

    std::vector<base::Fd> taken_;
};

}  // namespace sandgraft::test
