// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft-keeper NAME DIRECTORY [PORT...]: holds the channel of a sandbox that outlives its starter and lets clients
// in, who find it at the socket in the directory. The library starts it, with all signals blocked and with these
// descriptors: 0 the connection of the starter, its first client; 3 the host's end of the sandbox's channel; 4 the
// lease of the directory, which it only holds; 5 what is at its end when libvirt has created the sandbox; from 6 on a
// socket that listens for each PORT, [ADDRESS:]HOSTPORT:PORT. SIGTERM: end the sandbox in order. When it has gone,
// however, so has the sandbox.
#include "base/text.hpp"
#include "keeper/keeper.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
#include <string>
#include <vector>

namespace {

using namespace sandgraft;

constexpr int starter = 0;
constexpr int channel = 3;
constexpr int lease = 4;
constexpr int creation = 5;
constexpr int first_port = 6;

using Ports = std::vector<wire::PublishedPorts::Port>;

/// Nothing stays of who started it: not its session, terminal, directory or descriptors.
void leave_starter(int ports) {
    ::prctl(PR_SET_NAME, "sandgraft-keeper");  // executed by its descriptor, it would be called by that number
    ::setsid();
    ::close_range(static_cast<unsigned>(first_port + ports), ~0U, 0);
    const base::Fd null = base::checked(::open("/dev/null", O_RDWR | O_CLOEXEC), "cannot open '/dev/null'");
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO})
        if (::dup3(null.get(), fd, O_CLOEXEC) < 0) base::throw_errno("cannot replace a descriptor");
    for (const int fd : {starter, channel, lease, creation}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::umask(0177);
    (void)!::chdir("/");
}

/// Each connection takes two.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// @param options  of which the ports inside are the end.
Ports take_ports(const std::vector<std::string>& options) {
    Ports ports;
    for (std::size_t i = 0; i < options.size(); ++i) {
        const auto port = base::parse_u64(options[i].substr(options[i].rfind(':') + 1));
        ports.push_back({base::Fd(first_port + static_cast<int>(i)), static_cast<std::uint16_t>(port.value_or(0))});
    }
    return ports;
}

void tell(const std::vector<std::string>& options, const keeper::Listener& listener) {
    std::string lines;
    for (const auto& option : options) lines += option + '\n';
    if (!lines.empty()) listener.tell_ports(lines);
}

/// All signals are blocked already; the others are for nobody.
base::Fd take_signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    return base::checked(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "cannot create a signal descriptor");
}

/// Before anybody else can know of the sandbox.
void report(const std::string& reason) {
    const std::string frames = wire::encode(wire::Hello{}) + wire::encode_failed(0, "sandgraft-keeper: " + reason);
    (void)!::write(starter, frames.data(), frames.size());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const std::vector<std::string> options(argv + 3, argv + argc);
    try {
        leave_starter(argc - 3);
        raise_descriptor_limit();
        Ports ports = take_ports(options);
        keeper::Listener listener(argv[2]);
        tell(options, listener);
        keeper::Descriptors descriptors{base::Fd(starter), base::Fd(channel), base::Fd(creation), take_signals(),
                                        std::move(ports)};
        keeper::Keeper(std::move(descriptors), std::move(listener)).run();
    } catch (const std::exception& error) {
        report(error.what());
        return 1;
    }
    return 0;
}
