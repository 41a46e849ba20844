// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/ended.hpp"

#include "base/file.hpp"
#include "base/thread.hpp"
#include "virt/libvirt/leftovers.hpp"

#include <sys/stat.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>

namespace sandgraft::virt {

namespace {

constexpr std::chrono::seconds longest_burial{10};

std::string in_proc(pid_t process, const char* file) { return "/proc/" + std::to_string(process) + "/" + file; }

bool shares_pid_namespace(pid_t process) {
    struct stat mine {};
    struct stat its {};
    return ::stat("/proc/self/ns/pid", &mine) == 0 && ::stat(in_proc(process, "ns/pid").c_str(), &its) == 0 &&
           mine.st_dev == its.st_dev && mine.st_ino == its.st_ino;
}

bool is_container_driver(const Connection& connection) {
    const char* type = ::virConnectGetType(connection.get());
    return type != nullptr && std::string_view(type) == "LXC";
}

/// PID (NAME) STATE ...; empty where it cannot be read.
std::string status_of(pid_t process) {
    try {
        return base::read_file(in_proc(process, "stat"), 4096);
    } catch (const Error&) {
        return {};
    }
}

bool has_gone(pid_t process) { return ::kill(process, 0) < 0 && errno == ESRCH; }

/// Its number may be another process's meanwhile. One that may not be looked at counts as the controller.
bool is_controller(pid_t process) {
    const std::string line = status_of(process);
    const auto name_end = line.rfind(") ");
    if (name_end == std::string::npos) return !has_gone(process);
    const bool is_zombie = line.compare(name_end, 3, ") Z") == 0;
    return !is_zombie && line.find("(libvirt_lxc)") != std::string::npos;
}

/// Somebody may have started it again, which another controller then shows.
void destroy_same(const Connection& connection, virDomainPtr domain) {
    unsigned char uuid[VIR_UUID_BUFLEN];
    if (::virDomainGetUUID(domain, uuid) < 0) return;
    const DomainHandle now(::virDomainLookupByUUID(connection.get(), uuid));
    if (now && ::virDomainGetID(now.get()) == ::virDomainGetID(domain)) ::virDomainDestroy(now.get());
}

/// libvirt undefines only what is defined.
void forget(const Connection& connection, virDomainPtr domain) {
    const TextHandle document(::virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE));
    if (!document) return;
    const DomainHandle defined(::virDomainDefineXML(connection.get(), document.get()));
    if (defined) ::virDomainUndefine(defined.get());
}

auto burial(const SharedConnection& connection, virDomainPtr domain) {
    ::virDomainRef(domain);
    return [connection, held = std::shared_ptr<virDomain>(domain, ::virDomainFree)] {
        if (is_ghost(held.get()))
            forget(*connection, held.get());
        else
            destroy_same(*connection, held.get());
    };
}

}  // namespace

/// A container's number is its controller's, and libvirt's daemon has the PID namespace of who listens for it.
Controllers::Controllers(const Connection& connection)
    : visible_(connection.is_local() && is_container_driver(connection)) {
    if (!visible_) return;
    const auto listener = connection.listening_process();
    visible_ = listener && *listener > 0 && shares_pid_namespace(*listener);
}

bool Controllers::has_lost(virDomainPtr domain) const {
    const unsigned id = ::virDomainGetID(domain);
    return visible_ && id != static_cast<unsigned>(-1) && !is_controller(static_cast<pid_t>(id));
}

bool is_ghost(virDomainPtr domain) { return ::virDomainIsActive(domain) == 0 && ::virDomainIsPersistent(domain) == 0; }

bool bury_if_ended(const SharedConnection& connection, virDomainPtr domain) {
    if (!is_ghost(domain) && !Controllers(*connection).has_lost(domain)) return false;
    base::run_apart(burial(connection, domain)).wait_for(longest_burial);
    return true;
}

void bury_later(const SharedConnection& connection, virDomainPtr domain) { finish_later(burial(connection, domain)); }

}  // namespace sandgraft::virt
