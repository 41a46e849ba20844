// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <string>
#include <utility>

namespace sandgraft::base {

/// Owns one file descriptor and closes it.
class Fd {
public:
    Fd() noexcept = default;
    explicit Fd(int fd) noexcept : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept;
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    void reset() noexcept;

private:
    int fd_ = -1;
};

/// Throws Error io "WHAT: strerror(errno)"; ENOENT becomes not_found, EACCES and EPERM denied.
[[noreturn]] void throw_errno(const std::string& what);
[[noreturn]] void throw_errno(const std::string& what, int error);

/// Takes the result of a call that returns a descriptor or -1 with errno.
Fd checked(int fd, const std::string& what);

/// A close-on-exec pipe: the read end, then the write end.
std::array<Fd, 2> make_pipe();

/// A connected, close-on-exec pair of Unix stream sockets.
std::array<Fd, 2> make_socket_pair();

void set_nonblocking(int fd);

}  // namespace sandgraft::base
