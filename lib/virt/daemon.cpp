// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/daemon.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace sandgraft::virt {

namespace {

/// The sockets of the one daemon for all drivers, and of that for containers.
bool is_libvirts(std::string_view path) { return path.ends_with("/libvirt-sock") || path.ends_with("/virtlxcd-sock"); }

bool is_connection(int fd) {
    sockaddr_un peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) < 0 || peer.sun_family != AF_UNIX) return false;
    const std::string_view path(peer.sun_path, size - offsetof(sockaddr_un, sun_path));
    return is_libvirts(path.substr(0, path.find('\0')));
}

/// systemd may have a child of its own listen, which ends at once, and then keeps the socket itself.
pid_t still_there(pid_t process) {
    constexpr pid_t first_process = 1;
    return process > 0 && ::kill(process, 0) < 0 && errno == ESRCH ? first_process : process;
}

std::optional<pid_t> listener_behind(int fd) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return std::nullopt;
    return still_there(credentials.pid);
}

}  // namespace

std::optional<pid_t> listening_process() {
    std::error_code error;
    const std::filesystem::directory_iterator end;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", error); !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename();
        int fd = -1;
        std::from_chars(name.data(), name.data() + name.size(), fd);
        if (is_connection(fd)) return listener_behind(fd);
    }
    return std::nullopt;
}

}  // namespace sandgraft::virt
