// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/file.hpp"

#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace sandgraft::base {

namespace {

constexpr std::size_t first_read = 16 * 1024;

/// The size to start with: the file's own and one byte more, so that its end is seen by the first read.
std::size_t read_hint(int fd, std::size_t limit) {
    struct stat st {};
    if (::fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0) return first_read;
    return std::min(static_cast<std::size_t>(st.st_size), limit) + 1;
}

}  // namespace

std::string read_all(int fd, std::size_t limit, const std::string& name) {
    std::string data(read_hint(fd, limit), '\0');
    std::size_t used = 0;
    for (;;) {
        if (used == data.size()) data.resize(std::min(data.size() * 2, limit + 1));
        const ssize_t n = ::read(fd, data.data() + used, data.size() - used);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw_errno("cannot read '" + name + "'");
        if (n == 0) break;
        used += static_cast<std::size_t>(n);
        if (used > limit)
            throw Error(ErrorCode::invalid, "'" + name + "' is larger than " + std::to_string(limit) + " bytes");
    }
    data.resize(used);
    return data;
}

std::string read_file(const std::string& path, std::size_t limit) {
    const Fd fd =
        checked(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), "cannot open '" + path + "'");
    struct stat st {};
    if (::fstat(fd.get(), &st) < 0) throw_errno("cannot examine '" + path + "'");
    if (!S_ISREG(st.st_mode)) throw Error(ErrorCode::invalid, "'" + path + "' is not a regular file");
    return read_all(fd.get(), limit, path);
}

std::string read_end(const std::string& path, std::size_t most) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat st {};
    if (!fd || ::fstat(fd.get(), &st) < 0 || !S_ISREG(st.st_mode)) return {};
    std::string data(std::min(static_cast<std::size_t>(st.st_size), most), '\0');
    const ssize_t n = ::pread(fd.get(), data.data(), data.size(), st.st_size - static_cast<off_t>(data.size()));
    data.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    return data;
}

Fd open_in(int root, const std::string& path, int flags) {
    open_how how{};
    how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return Fd(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

std::string descriptor_path(int fd) {
    std::array<char, PATH_MAX> buffer;
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t n = ::readlink(link.c_str(), buffer.data(), buffer.size());
    return n <= 0 ? std::string{} : std::string(buffer.data(), static_cast<std::size_t>(n));
}

std::string real_path(const Fd& fd) {
    std::string path = descriptor_path(fd.get());
    if (path.empty()) throw_errno("cannot resolve a path of the root");
    return path;
}

namespace {

/// What a link says; empty when it is none.
std::string link_in(const Fd& directory, const std::string& name) {
    std::array<char, PATH_MAX> buffer;
    const ssize_t n = ::readlinkat(directory.get(), name.c_str(), buffer.data(), buffer.size());
    return n <= 0 ? std::string{} : std::string(buffer.data(), static_cast<std::size_t>(n));
}

Existing existing_part(const Fd& root, const std::string& path) {
    std::string existing = path;
    Fd fd = open_in(root.get(), existing, O_PATH);
    while (!fd && existing != "/") fd = open_in(root.get(), existing = parent_of(existing), O_PATH);
    if (!fd) throw_errno("cannot examine the root");
    const std::string root_path = real_path(root);
    std::string place = real_path(fd).substr(root_path == "/" ? 0 : root_path.size());
    if (place == "/") place.clear();
    return {std::move(fd), std::move(place), path.substr(existing == "/" ? 0 : existing.size())};
}

}  // namespace

Existing find_existing(const Fd& root, const std::string& path) {
    constexpr int most_links = 40;  // as for the kernel
    Existing found = existing_part(root, path);
    for (int links = 0; links < most_links && !found.missing.empty(); ++links) {
        const auto end = std::min(found.missing.find('/', 1), found.missing.size());
        const std::string link = link_in(found.fd, found.missing.substr(1, end - 1));
        if (link.empty()) break;
        found =
            existing_part(root, (link.starts_with('/') ? link : found.path + '/' + link) + found.missing.substr(end));
    }
    return found;
}

void write_all(int fd, std::string_view data, const std::string& name) {
    while (!data.empty()) {
        const ssize_t n = ::write(fd, data.data(), data.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw_errno("cannot write '" + name + "'");
        data.remove_prefix(static_cast<std::size_t>(n));
    }
}

}  // namespace sandgraft::base
