// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/listener.hpp"

#include "base/file.hpp"
#include "base/socket.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

namespace sandgraft::keeper {

namespace {

base::Fd open_directory(const std::string& path) {
    auto directory = base::checked(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
                                   "cannot open the directory " + base::quote(path));
    if (::flock(directory.get(), LOCK_SH | LOCK_NB) < 0) base::throw_errno("cannot lock " + base::quote(path));
    return directory;
}

bool is_same_namespace(pid_t process) {
    struct stat own {};
    struct stat other {};
    const std::string path = "/proc/" + std::to_string(process) + "/ns/user";
    return ::stat("/proc/self/ns/user", &own) == 0 && ::stat(path.c_str(), &other) == 0 && own.st_dev == other.st_dev &&
           own.st_ino == other.st_ino;
}

}  // namespace

Listener::Listener(const std::string& directory)
    : directory_(open_directory(directory)), socket_(base::listen_in(directory_, "socket")) {
    base::set_nonblocking(socket_.get());
}

void Listener::tell_ports(const std::string& lines) const {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const auto file = base::checked(::openat(directory_.get(), "ports", flags, 0600), "cannot create the file 'ports'");
    base::write_all(file.get(), lines, "the file 'ports'");
}

base::Fd Listener::accept() {
    for (;;) {
        base::Fd client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            base::throw_errno("cannot let in a client");
        if (!client || is_trusted_peer(client.get())) return client;
    }
}

bool is_trusted_peer(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.pid == 0) return false;
    return (peer.uid == 0 || peer.uid == ::geteuid()) && is_same_namespace(peer.pid);
}

}  // namespace sandgraft::keeper
