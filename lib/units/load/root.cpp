// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/root.hpp"

#include "units/text/unit_name.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>

namespace sandgraft::units {

namespace {

constexpr std::size_t small_file = 64 * 1024;

std::string descriptor_link(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace

Root::Root(const std::string& directory)
    : directory_(directory),
      fd_(base::checked(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC),
                        "cannot open the root directory '" + directory + "'")) {
    real_directory_ = base::descriptor_path(fd_.get());
    if (real_directory_ == "/") real_directory_.clear();
}

base::Fd Root::open(const std::string& path, int flags) const {
    if (real_directory_.empty()) return base::Fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY));
    auto fd = base::open_in(fd_.get(), path, flags | ((flags & O_PATH) != 0 ? 0 : O_NOCTTY));
    if (!fd && errno == ENOSYS)
        throw Error(ErrorCode::unsupported, "a root directory other than / needs openat2 (Linux 5.6)");
    return fd;
}

base::Fd Root::locate(const std::string& path) const { return open(path, O_PATH); }

base::Fd Root::open_directory(const std::string& path) const { return open(path, O_RDONLY | O_DIRECTORY); }

std::string Root::path_of(int fd) const {
    const auto real = base::descriptor_path(fd);
    if (!base::is_at_or_below(real, real_directory_)) return {};
    return simplify_path(real.substr(real_directory_.size()) + "/");
}

std::optional<struct stat> Root::status(const std::string& path) const {
    struct stat st {};
    if (real_directory_.empty()) return ::stat(path.c_str(), &st) < 0 ? std::nullopt : std::optional(st);
    const auto fd = locate(path);
    if (!fd || ::fstat(fd.get(), &st) < 0) return std::nullopt;
    return st;
}

base::Fd Root::open_file(const std::string& path) const {
    const auto located = locate(path);
    struct stat st {};
    if (!located || ::fstat(located.get(), &st) < 0) return {};
    if (!S_ISREG(st.st_mode)) {
        errno = EINVAL;
        return {};
    }
    return base::Fd(::open(descriptor_link(located.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

std::string Root::read_small(const std::string& path) const {
    const auto fd = open_file(path);
    if (!fd) return {};
    try {
        return base::read_all(fd.get(), small_file, path);
    } catch (const Error&) {
        return {};
    }
}

std::string Root::canonical(const std::string& path) const {
    std::string existing = simplify_path(path);
    std::string missing;
    while (existing.size() > 1) {
        if (const auto fd = locate(existing)) {
            const auto real = path_of(fd.get());
            if (real.empty()) break;
            return simplify_path(real + "/" + missing);
        }
        const auto slash = existing.rfind('/');
        missing.insert(0, existing.substr(slash));
        existing.resize(slash);
    }
    return simplify_path('/' + missing);
}

bool is_null_or_empty(const struct stat& st) {
    return S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) || (S_ISREG(st.st_mode) && st.st_size == 0);
}

}  // namespace sandgraft::units
