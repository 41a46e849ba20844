// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/privileges.hpp"

#include "base/fd.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>

namespace sandgraft::guest {

namespace {

constexpr unsigned capability_limit = 64;

// The kernel says where its capabilities end: prctl(2) fails beyond the last one.
bool is_known(unsigned capability) { return ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; }

bool contains(CapabilitySet set, unsigned capability) { return (set >> capability & 1) != 0; }

void set_capabilities(CapabilitySet set) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    for (unsigned half = 0; half < 2; ++half) {
        const auto bits = static_cast<std::uint32_t>(set >> (32 * half));
        data[half] = {bits, bits, bits};
    }
    if (::syscall(SYS_capset, &header, data.data()) < 0) base::throw_errno("cannot set the capabilities");
}

}  // namespace

void become(const User& user, CapabilitySet capabilities, bool no_new_privs) {
    for (unsigned c = 0; c < capability_limit && is_known(c); ++c)
        if (!contains(capabilities, c) && ::prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0)
            base::throw_errno("cannot drop a capability from the bounding set");
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) base::throw_errno("cannot keep the capabilities");
    if (::setgroups(0, nullptr) < 0) base::throw_errno("cannot drop the supplementary groups");
    if (::setresgid(user.gid, user.gid, user.gid) < 0)
        base::throw_errno("cannot become group " + std::to_string(user.gid));
    if (::setresuid(user.uid, user.uid, user.uid) < 0)
        base::throw_errno("cannot become user " + std::to_string(user.uid));
    set_capabilities(capabilities);
    for (unsigned c = 0; c < capability_limit && is_known(c); ++c)
        if (contains(capabilities, c) && ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, c, 0, 0) < 0)
            base::throw_errno("cannot raise an ambient capability");
    if (no_new_privs && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) base::throw_errno("cannot set no_new_privs");
}

}  // namespace sandgraft::guest
