// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/fd.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace sandgraft::base {

Fd& Fd::operator=(Fd&& other) noexcept {
    if (this != &other) {
        reset();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

void Fd::reset() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void throw_errno(const std::string& what, int error) {
    const ErrorCode code = error == ENOENT                     ? ErrorCode::not_found
                           : error == EACCES || error == EPERM ? ErrorCode::denied
                                                               : ErrorCode::io;
    throw Error(code, what + ": " + std::strerror(error));
}

void throw_errno(const std::string& what) { throw_errno(what, errno); }

Fd checked(int fd, const std::string& what) {
    if (fd < 0) throw_errno(what);
    return Fd(fd);
}

std::array<Fd, 2> make_pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) < 0) throw_errno("cannot create a pipe");
    return {Fd(fds[0]), Fd(fds[1])};
}

std::array<Fd, 2> make_socket_pair() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) throw_errno("cannot create a socket pair");
    return {Fd(fds[0]), Fd(fds[1])};
}

void set_nonblocking(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) throw_errno("cannot make a descriptor non-blocking");
}

}  // namespace sandgraft::base
