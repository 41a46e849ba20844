// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "base/file.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstring>
#include <string>

namespace sandgraft::test {

/// A Unix stream socket at a path, listening or connected to it.
inline base::Fd unix_socket(const std::string& path, int (*use)(int, const sockaddr*, socklen_t)) {
    base::Fd fd = base::checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (use(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) base::throw_errno(path);
    return fd;
}

/// A process that listens at a path, and forwards the first connection to another path, if there is one.
class OtherListener {
public:
    explicit OtherListener(const std::string& path, const std::string& peer = {}) {
        auto [ready, is_ready] = base::make_pipe();
        process_ = ::fork();
        if (process_ == 0) serve(path, peer, is_ready);
        is_ready.reset();
        (void)base::read_all(ready.get(), 1, "the other process");
    }
    ~OtherListener() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    OtherListener(const OtherListener&) = delete;
    OtherListener& operator=(const OtherListener&) = delete;

    [[nodiscard]] pid_t process() const { return process_; }

private:
    [[noreturn]] static void serve(const std::string& path, const std::string& peer, base::Fd& is_ready) noexcept {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const base::Fd listener = unix_socket(path, ::bind);
        ::listen(listener.get(), 10);
        is_ready.reset();
        if (!peer.empty()) forward(base::Fd(::accept(listener.get(), nullptr, nullptr)), peer);
        for (;;) ::pause();
    }

    static void forward(const base::Fd& near, const std::string& peer) {
        const base::Fd far = unix_socket(peer, ::connect);
        std::array<pollfd, 2> ends{pollfd{near.get(), POLLIN, 0}, pollfd{far.get(), POLLIN, 0}};
        std::array<char, 65536> buffer{};
        while (::poll(ends.data(), ends.size(), -1) > 0)
            for (std::size_t i = 0; i < ends.size(); ++i) {
                if (ends[i].revents == 0) continue;
                const ssize_t n = ::read(ends[i].fd, buffer.data(), buffer.size());
                if (n <= 0) return;
                base::write_all(ends[1 - i].fd, {buffer.data(), static_cast<std::size_t>(n)}, "the other end");
            }
    }

    pid_t process_ = -1;
};

}  // namespace sandgraft::test
