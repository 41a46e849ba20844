// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/filter.hpp"

#include "support/catch.hpp"
#include "support/temp_tree.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>

using namespace sandgraft;

namespace {

constexpr long fchmodat2 = 452;

int outcome(long result) { return result < 0 ? errno : 0; }

/// One system call in the working directory, which has the file "f" at descriptor `file`.
struct Row {
    const char* what;
    long (*call)(int file);
    int expected;
};

#ifdef __x86_64__
/// The 32-bit ABI, which any process can enter.
long call_as_i386(long number, long first, long second, long third = 0) {
    long result = 0;
    asm volatile("int $0x80"
                 : "=a"(result)
                 : "a"(number), "b"(first), "c"(second), "d"(third), "S"(0L)
                 : "memory", "r8", "r9", "r10", "r11");
    if (result >= 0) return result;
    errno = static_cast<int>(-result);
    return -1;
}
#endif

open_how creating(unsigned mode) {
    open_how how{};
    how.flags = O_CREAT | O_WRONLY;
    how.mode = mode;
    return how;
}

const Row rows[] = {
    {"chmod u+s", [](int) { return long{::chmod("f", 04755)}; }, EPERM},
    {"chmod g+s", [](int) { return long{::chmod("f", 02755)}; }, EPERM},
    {"chmod ug+s", [](int) { return long{::chmod("f", 06755)}; }, EPERM},
    {"chmod", [](int) { return long{::chmod("f", 01755)}; }, 0},
    {"fchmod u+s", [](int file) { return long{::fchmod(file, 04755)}; }, EPERM},
    {"fchmod", [](int file) { return long{::fchmod(file, 0755)}; }, 0},
    {"fchmodat u+s", [](int) { return ::syscall(SYS_fchmodat, AT_FDCWD, "f", 04755); }, EPERM},
    {"fchmodat2 u+s", [](int) { return ::syscall(fchmodat2, AT_FDCWD, "f", 04755, 0); }, EPERM},
    {"fchmodat2 g+s", [](int) { return ::syscall(fchmodat2, AT_FDCWD, "f", 02755, 0); }, EPERM},
    {"mkdir g+s", [](int) { return long{::mkdir("d", 02755)}; }, EPERM},
    {"mkdirat g+s", [](int) { return long{::mkdirat(AT_FDCWD, "d", 02755)}; }, EPERM},
    {"mkdir", [](int) { return long{::mkdir("d1", 01755)}; }, 0},
    {"mknod u+s", [](int) { return long{::mknod("n", S_IFREG | 04755, 0)}; }, EPERM},
    {"mknodat u+s", [](int) { return long{::mknodat(AT_FDCWD, "n", S_IFREG | 04755, 0)}; }, EPERM},
    {"open to create u+s", [](int) { return long{::openat(AT_FDCWD, "o", O_CREAT | O_WRONLY, 04755)}; }, EPERM},
    {"open of a nameless file u+s", [](int) { return long{::openat(AT_FDCWD, ".", O_TMPFILE | O_WRONLY, 04755)}; },
     EPERM},
    {"open to create", [](int) { return long{::openat(AT_FDCWD, "o1", O_CREAT | O_WRONLY, 0755)}; }, 0},
    {"open with what is no mode", [](int) { return ::syscall(SYS_openat, AT_FDCWD, "f", O_RDONLY, 06000); }, 0},
    {"openat2",
     [](int) {
         const open_how how = creating(04755);
         return ::syscall(SYS_openat2, AT_FDCWD, "o2", &how, sizeof how);
     },
     ENOSYS},
    {"io_uring_setup", [](int) { return ::syscall(SYS_io_uring_setup, 1, nullptr); }, ENOSYS},
    {"the kernel's log", [](int) { return long{::klogctl(10, nullptr, 0)}; }, EPERM},
#ifdef __x86_64__
    {"old open to create u+s", [](int) { return ::syscall(SYS_open, "o", O_CREAT | O_WRONLY, 04755); }, EPERM},
    {"creat u+s", [](int) { return ::syscall(SYS_creat, "o", 04755); }, EPERM},
    {"fchmod u+s of i386", [](int file) { return call_as_i386(94, file, 04755); }, EPERM},
    {"fchmod of i386", [](int file) { return call_as_i386(94, file, 0755); }, 0},
    {"fchmodat2 u+s of i386", [](int) { return call_as_i386(fchmodat2, AT_FDCWD, 0, 04755); }, EPERM},
    {"fchmodat2 of i386", [](int) { return call_as_i386(fchmodat2, AT_FDCWD, 0, 0755); }, EFAULT},
    {"fchmod u+s of x32", [](int file) { return ::syscall(SYS_fchmod | 0x40000000, file, 04755); }, EPERM},
    {"fchmodat2 u+s of x32", [](int) { return ::syscall(fchmodat2 | 0x40000000, AT_FDCWD, "f", 04755, 0); }, EPERM},
#endif
};

using Outcomes = std::array<int, std::size(rows)>;

/// What the rows give to a process with the filter.
[[noreturn]] void report(int to) {
    Outcomes outcomes{};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const int file = ::open("f", O_RDWR | O_CREAT, 0600);
    guest::restrict_system_calls();
    for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] = outcome(rows[i].call(file));
    (void)!::write(to, outcomes.data(), sizeof outcomes);
    ::_exit(0);
}

}  // namespace

TEST_CASE("nothing sets a setuid or setgid bit, whichever way and ABI, and all else goes on") {
    const test::TempTree place;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::chdir(place.path().c_str()) == 0) report(ends[1]);
        ::_exit(1);
    }
    ::close(ends[1]);
    Outcomes outcomes{};
    REQUIRE(::read(ends[0], outcomes.data(), sizeof outcomes) == sizeof outcomes);
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        INFO(rows[i].what);
        CHECK(outcomes[i] == rows[i].expected);
    }
}
