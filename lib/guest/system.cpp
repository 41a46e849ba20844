// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/system.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace sandgraft::guest {

namespace {

const std::string own = "/run/sandgraft";
const std::string units = own + "/units";
const std::string booted = own + "/booted";
const std::string started = own + "/started";
const std::string notices = "/run/host/notify";
constexpr pid_t first_process = 1;
constexpr const char* console = "/dev/console";

// systemd(1): what it does on these.
int in_order() { return SIGRTMIN + 4; }
int at_once() { return SIGRTMIN + 14; }

void make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) < 0 && errno != EEXIST)
        base::throw_errno("cannot create the directory " + base::quote(path));
}

void write_file(const std::string& path, std::string_view text, mode_t mode = 0644) {
    const base::Fd fd = base::checked(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode),
                                      "cannot create " + base::quote(path));
    base::write_all(fd.get(), text, path);
    if (::fchmod(fd.get(), mode) < 0) base::throw_errno("cannot change the mode of " + base::quote(path));
}

void write_unit(const wire::GuestConfig::UnitFile& unit) {
    const std::string path = units + "/" + unit.path;
    make_directory(std::string(base::parent_of(path)));
    if (!unit.link) return write_file(path, unit.content);
    if (::symlink(unit.content.c_str(), path.c_str()) < 0) base::throw_errno("cannot create " + base::quote(path));
}

void write_units(const wire::GuestConfig& config) {
    make_directory(units);
    for (const auto& unit : config.units) write_unit(unit);
    if (::mount(units.c_str(), units.c_str(), nullptr, MS_BIND, nullptr) < 0 ||
        ::mount(nullptr, units.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, nullptr) < 0)
        base::throw_errno("cannot make the units read-only");
}

/// In the double quotes of a file of systemd's.
std::string quoted_setting(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out.append(c == '%' ? 2 : 1, c);
    }
    return out + "\"";
}

/// What all that systemd starts has of the description.
void write_settings(const wire::GuestConfig& config) {
    for (const char* path : {"/run/systemd", "/run/systemd/system.conf.d"}) make_directory(path);
    std::string text = "[Manager]\nDefaultOOMScoreAdjust=" + std::to_string(config.oom_score) + "\n";
    for (const auto& variable : config.environment) text += "DefaultEnvironment=" + quoted_setting(variable) + "\n";
    write_file("/run/systemd/system.conf.d/50-sandgraft.conf", text);
}

/// Shows a file of this sandbox's own in the place of the root's, where that has one.
void replace_file(const std::string& place, const std::string& name, const std::string& text) {
    const std::string path = own + "/" + name;
    write_file(path, text, 0444);
    if (::access(place.c_str(), F_OK) < 0) return;
    if (::mount(path.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) < 0)
        base::throw_errno("cannot show the sandbox's own " + base::quote(place));
}

/// libvirt tells its UUID of the domain, which one that is kept has for good.
std::string uuid() {
    const char* given = std::getenv("container_uuid");
    return given == nullptr ? std::string() : std::string(given);
}

void identify() {
    std::string id = uuid();
    write_file("/run/host/container-uuid", id + "\n");
    std::erase(id, '-');
    if (!id.empty()) replace_file("/etc/machine-id", "machine-id", id + "\n");
    std::array<char, 65> name{};
    if (::gethostname(name.data(), name.size() - 1) == 0)
        replace_file("/etc/hostname", "hostname", std::string(name.data()) + "\n");
}

/// To whoever reads a fifo, by having it open.
void tell(const std::string& fifo, base::Fd& end) {
    if (!end) end = base::Fd(::open(fifo.c_str(), O_RDWR | O_CLOEXEC));
}

base::Fd open_notices() {
    base::Fd fd = base::checked(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                                "cannot create the socket for systemd's notices");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    notices.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
        base::throw_errno("cannot bind " + base::quote(notices));
    return fd;
}

/// A process that systemd waits for when it ends all others, until the agent, which it spares, has told the host.
/// @return what holds it: it ends when nobody has that open.
base::Fd make_brake() {
    auto [released, hold] = base::make_pipe();
    const pid_t pid = ::fork();
    if (pid < 0) base::throw_errno("cannot fork");
    if (pid > 0) return std::move(hold);
    ::setsid();
    for (const int number : {SIGTERM, SIGHUP}) ::signal(number, SIG_IGN);
    char byte = 0;
    if (::dup2(released.get(), 0) == 0 && ::close_range(1, ~0U, 0) == 0) (void)!::read(0, &byte, 1);
    ::_exit(0);
}

}  // namespace

ProcessSpec prepare_system(const wire::GuestConfig& config, const ProcessSpec& common) {
    for (const std::string& path : {own, std::string("/run/host")}) make_directory(path);
    write_units(config);
    write_settings(config);
    write_file("/run/host/container-manager", "sandgraft\n");
    identify();
    for (const auto& news : {booted, started})
        if (::mkfifo(news.c_str(), 0644) < 0) base::throw_errno("cannot create " + base::quote(news));
    ProcessSpec spec = common;
    spec.oom_score = 0;
    spec.argv = config.argv;
    const bool alone = config.system.front().alone;
    spec.environment = {"SYSTEMD_UNIT_PATH=" + units + (alone ? "" : ":"), "NOTIFY_SOCKET=" + notices,
                        "container_uuid=" + uuid()};
    if (alone) spec.environment.push_back("SYSTEMD_GENERATOR_PATH=" + own + "/generators");
    return spec;
}

PseudoTerminal make_console() {
    auto terminal = make_terminal({24, 80});
    std::array<char, 64> name{};
    if (::ttyname_r(terminal.slave.get(), name.data(), name.size()) != 0)
        base::throw_errno("cannot find the name of the console");
    if (::mount(name.data(), console, nullptr, MS_BIND, nullptr) < 0) base::throw_errno("cannot make '/dev/console'");
    return terminal;
}

/// systemd lets go of its controlling terminal, which ends who is in its session.
System::System(const ProcessSpec& systemd, ProcessSpec others, std::vector<std::string> groups,
               const PseudoTerminal& terminal, char* name)
    : others_(std::move(others)),
      groups_(std::move(groups)),
      console_(base::checked(::fcntl(terminal.slave.get(), F_DUPFD_CLOEXEC, 0), "cannot keep the console open")),
      notices_(open_notices()) {
    process_ = starter().from_child([&] { return systemd; }, terminal);
    ::setsid();
    brake_ = make_brake();
    name[0] = '@';
}

void System::signal(const Child&, int number) {
    switch (number) {
        case SIGTERM:
        case SIGINT:
        case SIGHUP:
        case SIGQUIT:
            asked_ = true;
            ::kill(first_process, in_order());
            break;
        case SIGKILL: ::kill(first_process, at_once()); break;
        default: ::kill(first_process, number);
    }
}

/// systemd itself makes the slice when it starts it; until then they are where the agent is.
void System::admit() const {
    for (const auto& group : groups_) {
        const base::Fd fd(::open((group + "/sandgraft.slice/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
        if (fd) (void)!::write(fd.get(), "0", 1);
    }
}

/// One that was asked to end before it had learned to listen is asked again.
void System::take_news() {
    std::array<char, 4096> text{};
    ssize_t size = 0;
    while ((size = ::recv(notices_.get(), text.data(), text.size(), 0)) >= 0) {
        tell(booted, booted_);
        const auto lines = base::split({text.data(), static_cast<std::size_t>(size)}, '\n');
        if (std::find(lines.begin(), lines.end(), "READY=1") != lines.end()) tell(started, started_);
        if (asked_) ::kill(first_process, in_order());
    }
}

bool System::is_ending() {
    try {
        ending_ = base::trim(base::read_file("/proc/1/comm", 64)) == "systemd-shutdow";  // no more than 15 bytes
    } catch (const Error&) {
        ending_ = false;
    }
    return ending_;
}

void System::end() {
    constexpr useconds_t between = 50'000;
    while (!ending_ && ::getppid() == first_process) {
        ::kill(-1, SIGKILL);
        ::kill(first_process, at_once());
        ::usleep(between);
    }
}

}  // namespace sandgraft::guest
