// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/memory_watch.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sandgraft::guest {

namespace {

constexpr std::int64_t highest_score = 1000;

base::Fd open_first(std::initializer_list<const char*> paths) {
    for (const char* path : paths)
        if (base::Fd fd{::open(path, O_RDONLY | O_CLOEXEC)}) return fd;
    return {};
}

using Buffer = std::array<char, 512>;

/// What the file has now.
std::string_view read_again(const base::Fd& fd, Buffer& buffer) {
    const ssize_t size = ::pread(fd.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

}  // namespace

MemoryWatch::MemoryWatch()
    : MemoryWatch(open_first({"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"}),
                  open_first({"/sys/fs/cgroup/memory.peak", "/sys/fs/cgroup/memory/memory.max_usage_in_bytes"})) {}

std::uint64_t MemoryWatch::kills() const {
    constexpr std::string_view key = "oom_kill ";
    Buffer buffer;
    for (const auto line : base::split(read_again(events_, buffer), '\n'))
        if (line.starts_with(key)) return base::parse_u64(line.substr(key.size())).value_or(0);
    return 0;
}

std::uint64_t MemoryWatch::peak() const {
    Buffer buffer;
    return base::parse_u64(base::trim(read_again(peak_, buffer))).value_or(0);
}

void offer_to_be_killed(unsigned score) {
    const std::string path = "/proc/self/oom_score_adj";
    const base::Fd fd = base::checked(::open(path.c_str(), O_RDWR | O_CLOEXEC), "cannot open " + base::quote(path));
    const std::int64_t inherited = std::max(std::stoi(base::read_all(fd.get(), 16, path)), 0);
    base::write_all(fd.get(), std::to_string(std::min(inherited + score, highest_score)), path);
}

}  // namespace sandgraft::guest
