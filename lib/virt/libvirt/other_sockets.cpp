// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/other_sockets.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace sandgraft::virt {

namespace {

/// A connected Unix socket of this process.
struct Socket {
    ino_t id;
    pid_t listener;
    std::string path;
};

std::optional<Socket> socket_at(int fd) {
    struct stat status {};
    sockaddr_un peer{};
    socklen_t peer_size = sizeof peer;
    ucred credentials{};
    socklen_t credentials_size = sizeof credentials;
    if (::fstat(fd, &status) < 0 || ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size) < 0 ||
        peer.sun_family != AF_UNIX || ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &credentials_size) < 0)
        return std::nullopt;
    const std::string_view path(peer.sun_path, peer_size - offsetof(sockaddr_un, sun_path));
    return Socket{status.st_ino, credentials.pid, std::string(path.substr(0, path.find('\0')))};
}

std::vector<Socket> sockets() {
    std::vector<Socket> found;
    std::error_code error;
    const std::filesystem::directory_iterator end;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", error); !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename();
        int fd = -1;
        std::from_chars(name.data(), name.data() + name.size(), fd);
        if (auto socket = socket_at(fd)) found.push_back(std::move(*socket));
    }
    return found;
}

/// The sockets of the one daemon for all drivers, and of that for containers.
bool is_machines(std::string_view path) {
    return path.ends_with("/run/libvirt/libvirt-sock") || path.ends_with("/run/libvirt/virtlxcd-sock");
}

}  // namespace

OtherSockets::OtherSockets() {
    for (const auto& socket : sockets()) known_.push_back(socket.id);
}

/// A listener tells the path that it was bound to, to which another one may lead.
std::optional<pid_t> OtherSockets::listener(const std::string& path) const {
    auto fresh = sockets();
    std::erase_if(fresh, [&](const Socket& socket) { return std::count(known_.begin(), known_.end(), socket.id) > 0; });
    const auto leads_elsewhere = [&](const Socket& socket) {
        return path.empty() ? !is_machines(socket.path) : socket.path != path;
    };
    if (path.empty() || !std::all_of(fresh.begin(), fresh.end(), leads_elsewhere))
        std::erase_if(fresh, leads_elsewhere);
    const auto differs = [&](const Socket& socket) { return socket.listener != fresh.front().listener; };
    if (fresh.empty() || std::any_of(fresh.begin(), fresh.end(), differs)) return std::nullopt;
    return fresh.front().listener;
}

pid_t successor(pid_t listener) {
    constexpr pid_t first_process = 1;
    return listener > 0 && ::kill(listener, 0) < 0 && errno == ESRCH ? first_process : listener;
}

}  // namespace sandgraft::virt
