// SPDX-License-Identifier: LGPL-2.1-or-later
#include "console/output.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <climits>
#include <string>

namespace sandgraft::console {

namespace {

base::Fd duplicate(int fd, const char* what) {
    return base::checked(::fcntl(fd, F_DUPFD_CLOEXEC, 0), std::string("cannot duplicate the descriptor of ") + what);
}

/// To open the master of a pseudo terminal anew would make another pseudo terminal.
bool is_terminal_master(int fd) {
    unsigned number = 0;
    return ::ioctl(fd, TIOCGPTN, &number) == 0;
}

mode_t type_of(int fd) {
    struct stat st {};
    if (::fstat(fd, &st) < 0) base::throw_errno("cannot examine descriptor " + std::to_string(fd));
    return st.st_mode & S_IFMT;
}

}  // namespace

wire::Sink make_sink(int fd, std::uint16_t process, wire::Stream stream) {
    const mode_t type = type_of(fd);
    const bool terminal = ::isatty(fd) == 1;
    // Files and devices such as /dev/null take whatever they are given.
    if (type == S_IFREG || (type == S_IFCHR && !terminal)) return {duplicate(fd, "the output"), process, stream};
    if (type == S_IFIFO || (terminal && !is_terminal_master(fd))) {
        // Opening it anew gives a description of its own, whose O_NONBLOCK nobody else sees.
        const std::string path = "/proc/self/fd/" + std::to_string(fd);
        base::Fd own(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (own) return {std::move(own), process, stream};
    }
    return {duplicate(fd, "the output"), process, stream, PIPE_BUF};
}

/// tee(2) takes nothing away, and can be told not to block without a change of the descriptor's mode.
bool is_deserted_fifo(int fd) {
    if (fd < 0 || type_of(fd) != S_IFIFO) return false;
    const auto scratch = base::make_pipe();
    return ::tee(fd, scratch[1].get(), 1, SPLICE_F_NONBLOCK) == 0;
}

wire::Source make_source(int fd, std::uint16_t process) {
    return {duplicate(fd, "the input"), process, wire::Stream::input};
}

}  // namespace sandgraft::console
