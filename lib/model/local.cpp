// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/sandbox.hpp>

#include <glob.h>
#include <unistd.h>
#include <cstdlib>

namespace sandgraft {

namespace {

std::uint64_t physical_memory() {
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long page_size = ::sysconf(_SC_PAGESIZE);
    return pages < 0 || page_size < 0 ? 0 : static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_size);
}

bool any_file_matches(const char* pattern) {
    ::glob_t found{};
    const bool matches = ::glob(pattern, GLOB_NOSORT, nullptr, &found) == 0;
    ::globfree(&found);
    return matches;
}

/// The files are there where the kernel accounts for swap; of version 2 only below the topmost group.
SwapLimit swap_limit() {
    if (any_file_matches("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")) return SwapLimit::memory_and_swap;
    return any_file_matches("/sys/fs/cgroup/*/memory.swap.max") ? SwapLimit::swap : SwapLimit::none;
}

}  // namespace

Capabilities local_capabilities(Driver driver) {
    return {
        .driver = driver,
        .user = std::to_string(::getuid()) + ':' + std::to_string(::getgid()),
        .memory_bytes = physical_memory(),
        .swap_limit = swap_limit(),
    };
}

std::string installed_init() {
    const char* init = ::secure_getenv("SANDGRAFT_INIT");
    return init != nullptr ? init : SANDGRAFT_INIT_PATH;
}

}  // namespace sandgraft
