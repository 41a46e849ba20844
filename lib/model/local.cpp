// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/sandbox.hpp>

#include <unistd.h>
#include <cstdlib>

namespace sandgraft {

namespace {

std::uint64_t physical_memory() {
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long page_size = ::sysconf(_SC_PAGESIZE);
    return pages < 0 || page_size < 0 ? 0 : static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_size);
}

}  // namespace

Capabilities local_capabilities(Driver driver) {
    return {
        .driver = driver,
        .user = std::to_string(::getuid()) + ':' + std::to_string(::getgid()),
        .memory_bytes = physical_memory(),
    };
}

std::string installed_init() {
    const char* init = ::secure_getenv("SANDGRAFT_INIT");
    return init != nullptr ? init : SANDGRAFT_INIT_PATH;
}

}  // namespace sandgraft
