// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/limits.hpp"

#include "base/fd.hpp"
#include "base/text.hpp"

#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <string>

namespace sandgraft::guest {

namespace {

/// The C library's setrlimit() takes another type for the number in C++ than in C.
void set_limit(const wire::GuestConfig::Limit& limit) {
    const rlimit value{limit.soft, limit.hard};
    if (::syscall(SYS_prlimit64, 0, limit.resource, &value, nullptr) < 0)
        base::throw_errno("cannot set the limit " + base::quote(limit.name) + " to " + std::to_string(limit.soft) +
                          ":" + std::to_string(limit.hard));
}

void limit_processes(std::uint64_t most) {
    rlimit found{};
    if (::getrlimit(RLIMIT_NPROC, &found) < 0) base::throw_errno("cannot read the limit of processes");
    set_limit({RLIMIT_NPROC, std::min<rlim_t>(found.rlim_cur, most), std::min<rlim_t>(found.rlim_max, most), "nproc"});
}

void set_descriptor_limit(const rlimit& limit) {
    if (::setrlimit(RLIMIT_NOFILE, &limit) < 0) base::throw_errno("cannot set the limit of descriptors");
}

}  // namespace

RaisedDescriptorLimit::RaisedDescriptorLimit() {
    if (::getrlimit(RLIMIT_NOFILE, &before_) < 0) base::throw_errno("cannot read the limit of descriptors");
    set_descriptor_limit({before_.rlim_max, before_.rlim_max});
}

void RaisedDescriptorLimit::restore() const { set_descriptor_limit(before_); }

void set_limits(std::uint64_t processes, const std::vector<wire::GuestConfig::Limit>& limits) {
    if (processes != 0) limit_processes(processes);
    for (const auto& limit : limits) set_limit(limit);
}

}  // namespace sandgraft::guest
