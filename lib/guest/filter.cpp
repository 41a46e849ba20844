// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/filter.hpp"

#include "base/fd.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <span>

namespace sandgraft::guest {

namespace {

using Filter = std::unique_ptr<void, decltype(&::seccomp_release)>;

constexpr std::array<unsigned, 2> set_id_bits = {S_ISUID, S_ISGID};

/// A system call that sets a mode, and the argument that has it.
struct ModeCall {
    int number;
    unsigned mode;
};

constexpr std::array mode_calls = {
    ModeCall{SCMP_SYS(chmod), 1}, ModeCall{SCMP_SYS(fchmod), 1},  ModeCall{SCMP_SYS(fchmodat), 2},
    ModeCall{SCMP_SYS(creat), 1}, ModeCall{SCMP_SYS(mknod), 1},   ModeCall{SCMP_SYS(mknodat), 2},
    ModeCall{SCMP_SYS(mkdir), 1}, ModeCall{SCMP_SYS(mkdirat), 2},
};

/// One that has a mode only when its flags, the argument before, say that it makes a file.
constexpr std::array open_calls = {ModeCall{SCMP_SYS(open), 2}, ModeCall{SCMP_SYS(openat), 3}};

/// Their callers fall back.
constexpr std::array absent_calls = {SCMP_SYS(openat2), SCMP_SYS(io_uring_setup)};

constexpr int newest_mode_call = 452;  // fchmodat2, of one number in every ABI; libseccomp 2.5 does not know it
constexpr unsigned x32_bit = 0x40000000;

/// A result of libseccomp's, which is a negative errno.
void check(int result) {
    if (result >= 0) return;
    errno = -result;
    base::throw_errno("cannot make the filter of system calls");
}

/// What else a machine of an architecture executes.
std::span<const std::uint32_t> related_architectures() {
    static constexpr std::uint32_t of_x86_64[] = {SCMP_ARCH_X86, SCMP_ARCH_X32};
    static constexpr std::uint32_t of_aarch64[] = {SCMP_ARCH_ARM};
    static constexpr std::uint32_t of_s390x[] = {SCMP_ARCH_S390};
    switch (::seccomp_arch_native()) {
        case SCMP_ARCH_X86_64: return of_x86_64;
        case SCMP_ARCH_AARCH64: return of_aarch64;
        case SCMP_ARCH_S390X: return of_s390x;
        default: return {};
    }
}

void refuse(const Filter& filter, int error, int number, std::span<const scmp_arg_cmp> arguments) {
    const auto count = static_cast<unsigned>(arguments.size());
    check(::seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(error), number, count, arguments.data()));
}

scmp_arg_cmp has(unsigned argument, unsigned bits) { return {argument, SCMP_CMP_MASKED_EQ, bits, bits}; }

/// An ABI that is not among these is none that the sandbox has: who uses it is killed.
void load_rules() {
    const Filter filter(::seccomp_init(SCMP_ACT_ALLOW), &::seccomp_release);
    if (!filter) check(-ENOMEM);
    check(::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 0));
    check(::seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
    for (const auto architecture : related_architectures()) check(::seccomp_arch_add(filter.get(), architecture));
    for (const unsigned bit : set_id_bits) {
        for (const auto& [number, mode] : mode_calls) refuse(filter, EPERM, number, std::array{has(mode, bit)});
        for (const auto& [number, mode] : open_calls)
            for (const auto flags : {unsigned{O_CREAT}, unsigned{O_TMPFILE}})
                refuse(filter, EPERM, number, std::array{has(mode - 1, flags), has(mode, bit)});
    }
    for (const int number : absent_calls) refuse(filter, ENOSYS, number, {});
    refuse(filter, EPERM, SCMP_SYS(syslog), {});
    check(::seccomp_load(filter.get()));
}

/// The offset of the half of an argument that has the bits of a mode.
constexpr std::uint32_t low_half(std::size_t argument) {
    const std::size_t offset = offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t);
    return static_cast<std::uint32_t>(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? offset : offset + 4);
}

void load_rule_for_newest() {
    std::array<sock_filter, 7> program = {{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~x32_bit),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, newest_mode_call, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low_half(2)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, S_ISUID | S_ISGID, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    }};
    const sock_fprog filter{program.size(), program.data()};
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
        base::throw_errno("cannot filter the system call fchmodat2");
}

}  // namespace

void restrict_system_calls() {
    load_rules();
    load_rule_for_newest();
}

}  // namespace sandgraft::guest
