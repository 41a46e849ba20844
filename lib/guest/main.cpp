// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft-init: the first process of a sandbox. It finds the host, who tells it what to do, at descriptor 3, or on
// the second console when the hypervisor passed no descriptor.
#include "guest/command.hpp"
#include "guest/control_groups.hpp"
#include "guest/filter.hpp"
#include "guest/greeting.hpp"
#include "guest/mounts.hpp"
#include "guest/runtime_directory.hpp"
#include "guest/stop_requests.hpp"
#include "guest/supervise.hpp"
#include "guest/system.hpp"
#include "guest/terminals.hpp"
#include "wire/guest_config.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <csignal>

namespace {

using namespace sandgraft;

constexpr int passed_channel = 3;
constexpr const char* console_channel = "/dev/tty2";

base::Fd open_console() {
    base::Fd fd = base::checked(::open(console_channel, O_RDWR | O_NOCTTY | O_CLOEXEC),
                                std::string("cannot open the channel '") + console_channel + "'");
    termios mode{};
    if (::tcgetattr(fd.get(), &mode) < 0) base::throw_errno("cannot read the mode of the channel's console");
    ::cfmakeraw(&mode);
    if (::tcsetattr(fd.get(), TCSANOW, &mode) < 0) base::throw_errno("cannot make the channel's console transparent");
    return fd;
}

/// Whatever else the host passed was for libvirt: it waits for the last holder to close it.
base::Fd open_channel() {
    struct stat st {};
    const bool is_passed = ::fstat(passed_channel, &st) == 0 && S_ISSOCK(st.st_mode);
    ::close_range(passed_channel + (is_passed ? 1 : 0), ~0U, 0);
    if (!is_passed) return open_console();
    ::fcntl(passed_channel, F_SETFD, FD_CLOEXEC);
    return base::Fd(passed_channel);
}

/// The parent is libvirt's controller of the container. When somebody kills it, libvirt 9.0 now and then forgets the
/// container and leaves it running. The kernel drops the wish where credentials change, prctl(2).
void end_with_parent() {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        base::throw_errno("cannot ask to end with libvirt's controller");
}

/// Of a system: groups of its own below.
guest::OwnGroups prepare_groups(const wire::GuestConfig& config) {
    const auto groups = guest::own_groups();
    guest::limit_processes(groups, config.processes);
    return config.system.empty() ? groups : guest::enter_inner_groups();
}

guest::ProcessSpec prepare(const wire::GuestConfig& config, const guest::OwnGroups& groups) {
    guest::enter_user_namespace();
    end_with_parent();
    guest::show_control_groups(groups);
    guest::make_terminals();
    guest::open_low_ports();  // while /proc/sys is writable
    guest::make_mounts(config);
    guest::ProcessSpec spec;
    spec.user = guest::find_user(config);
    spec.has_host_users = config.asked_host;
    if (config.system.empty())
        spec.user.runtime_directory = guest::make_runtime_directory("/run", spec.user, config.mounts);
    spec.capabilities = config.capabilities;
    spec.no_new_privs = config.no_new_privs;
    spec.oom_score = config.oom_score;
    spec.processes = config.processes;
    spec.limits = config.limits;
    spec.directory = config.directory;
    spec.argv = config.argv;
    spec.environment = config.environment;
    return spec;
}

/// Tells the host what went wrong.
template <class Action>
void tell_failure(wire::Link& link, const Action& action) {
    try {
        action();
    } catch (const Error& error) {
        link.send(wire::encode_failed(0, error.what()));
        guest::await_leave(link);
    }
}

void serve(wire::Link& link, std::uint16_t version, guest::Leader& leader) {
    const guest::MemoryWatch memory;
    const guest::StopRequests requests;
    link.send(wire::encode_empty(0, wire::FrameType::configured));
    guest::supervise(link, version, leader, memory, requests);
}

/// What fails from here on, systemd does not notice.
void run_system(wire::Link& link, std::uint16_t version, guest::System& system) {
    tell_failure(link, [&] { serve(link, version, system); });
    system.end();
}

void run(wire::Link& link, char* name) {
    const auto orders = guest::greet(link);
    const auto config = wire::decode_guest_config(orders.config);
    const auto groups = prepare_groups(config);
    auto spec = prepare(config, groups);
    if (config.system.empty()) {
        guest::restrict_system_calls();
        guest::Command command(spec, config.terminal ? &orders.window : nullptr);
        return serve(link, orders.version, command);
    }
    const auto systemd = guest::prepare_system(config, spec);
    const auto console = guest::make_console();
    guest::enter_inner_user_namespace();
    end_with_parent();
    guest::restrict_system_calls();
    guest::System system(systemd, std::move(spec), guest::shown_groups(groups), console, name);
    run_system(link, orders.version, system);
}

}  // namespace

int main(int, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        wire::Link link(open_channel());
        tell_failure(link, [&] { run(link, argv[0]); });
    } catch (const std::exception& error) {
        // The console is the only way left to tell.
        const std::string line = std::string("sandgraft-init: ") + error.what() + "\n";
        (void)!::write(STDERR_FILENO, line.data(), line.size());
        return 1;
    }
    return 0;
}
