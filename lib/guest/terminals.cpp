// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/terminals.hpp"

#include "base/fd.hpp"

#include <sys/mount.h>
#include <unistd.h>
#include <string>

namespace sandgraft::guest {

namespace {

constexpr const char* terminals = "/dev/pts";
constexpr const char* terminal_maker = "/dev/pts/ptmx";
constexpr const char* hypervisors_consoles[] = {"/dev/console", "/dev/tty1", "/dev/tty2"};

void bind_over(const char* source, const char* target) {
    if (::access(target, F_OK) < 0) return;
    if (::mount(source, target, nullptr, MS_BIND, nullptr) < 0)
        base::throw_errno(std::string("cannot bind '") + source + "' to '" + target + "'");
}

}  // namespace

void make_terminals() {
    // The group is tty's, as libvirt has it too.
    if (::mount("devpts", terminals, "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=666,mode=620,gid=5") < 0)
        base::throw_errno("cannot mount the sandbox's own pseudo terminals");
    bind_over(terminal_maker, "/dev/ptmx");
    for (const char* console : hypervisors_consoles) bind_over("/dev/null", console);
}

}  // namespace sandgraft::guest
