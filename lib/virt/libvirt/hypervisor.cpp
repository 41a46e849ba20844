// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/file.hpp"
#include "base/text.hpp"
#include "virt/libvirt/connection.hpp"
#include "virt/libvirt/domain.hpp"
#include "virt/libvirt/ended.hpp"
#include "virt/libvirt/handle.hpp"
#include "virt/libvirt/listening.hpp"
#include "virt/libvirt/listing.hpp"
#include "virt/module.hpp"

#include <sandgraft/error.hpp>

#include <libvirt/virterror.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace sandgraft::virt {

namespace {

DomainHandle find(const Connection& connection, const std::string& name) {
    return DomainHandle(::virDomainLookupByName(connection.get(), name.c_str()));
}

/// libvirt quotes the log of a container that did not start, but only its first KiB, and there stands the command line.
/// On this machine the log itself can be read; what was written last is at its end.
std::optional<std::string> logged_failure(const std::string& name) {
    const virErrorPtr error = ::virGetLastError();
    if (error == nullptr || error->message == nullptr ||
        std::string_view(error->message).find("reading log output") == std::string_view::npos)
        return std::nullopt;
    const std::string log = base::read_end("/var/log/libvirt/lxc/" + name + ".log", 64 * 1024);
    const auto last_start = log.rfind(": starting up");
    const auto failure = log.find(startup_failure, last_start == std::string::npos ? 0 : last_start);
    if (failure == std::string::npos) return std::nullopt;
    return startup_cause(std::string_view(log).substr(failure));
}

/// libvirt's helper refuses files of the machine itself, of which a sandbox has its init; what it says of that is only
/// in the daemon's log.
Error with_advice(const Error& error) {
    const std::string message = error.what();
    if (message.find("cannot load AppArmor profile") == std::string::npos) return error;
    return {error.code(),
            message +
                " (libvirt can confine no container of the machine's own files: set "
                "security_default_confined = 0 in /etc/libvirt/lxc.conf, and restart libvirtd)",
            error.libvirt_code()};
}

/// Why a domain was not created. To be asked before any other call of libvirt, which would replace its error.
Error start_failure(const std::string& name, bool local) {
    const std::string what = "cannot start the sandbox " + base::quote(name);
    if (local)
        if (const auto reason = logged_failure(name)) return {ErrorCode::hypervisor, what + ": " + *reason};
    return with_advice(last_error(what));
}

/// Where no systemd does it, libvirt makes the group of all machines itself. A start that fails at that, since others
/// are making it at the same moment, takes it away, and with it their own groups, which are empty yet: they then have
/// none to enter. Nothing of such a sandbox has run.
bool has_lost_its_group(const Error& error) {
    const std::string_view message = error.what();
    return message.find("Unable to write to '/sys/fs/cgroup/") != std::string_view::npos &&
           (message.find("/tasks': ") != std::string_view::npos ||
            message.find("/cgroup.procs': ") != std::string_view::npos);
}

Life life_of(const Creation& creation) {
    return creation.kept || creation.ends_alone ? Life::its_own : Life::of_connection;
}

class LibvirtHypervisor : public Hypervisor {
public:
    explicit LibvirtHypervisor(SharedConnection connection) : connection_(std::move(connection)) {}

    [[nodiscard]] std::string uri() const override { return connection_->uri(); }

    [[nodiscard]] std::uint64_t memory_bytes() const override {
        const base::SigpipeBlock block;
        virNodeInfo info{};
        if (::virNodeGetInfo(connection_->get(), &info) < 0) throw_libvirt("cannot read the host's memory");
        return std::uint64_t{info.memory} * 1024;
    }

    [[nodiscard]] std::optional<pid_t> listening_process() const override { return connection_->listening_process(); }

    [[nodiscard]] std::unique_ptr<Domain> create(const Creation& creation) const override {
        const base::SigpipeBlock block;
        for (int tries = 3;; --tries) {
            if (DomainHandle domain = create_domain(creation))
                return make_domain(connection_, std::move(domain), life_of(creation));
            const Error reason = start_failure(creation.name, connection_->is_local());
            if (tries == 1 || !(has_lost_its_group(reason) || bury(creation.name)))
                throw_start_failure(creation, reason);
        }
    }

    void define(const std::string& document, const std::string& name) const override {
        const base::SigpipeBlock block;
        const std::string what = "cannot define the sandbox ";
        for (bool again = false;; again = true) {
            if (DomainHandle(::virDomainDefineXML(connection_->get(), document.c_str()))) return;
            const Error reason = last_error(what + base::quote(name));
            if (again || !bury(name)) throw_unless_taken(name, what, reason);
        }
    }

    [[nodiscard]] std::unique_ptr<Domain> lookup(const std::string& name) const override {
        const base::SigpipeBlock block;
        (void)bury(name);
        return make_domain(connection_,
                           checked<DomainHandle>(::virDomainLookupByName(connection_->get(), name.c_str()),
                                                 "cannot find the sandbox " + base::quote(name)),
                           Life::its_own);
    }

    [[nodiscard]] std::vector<DomainInfo> list(const std::string& metadata) const override {
        const base::SigpipeBlock block;
        return list_domains(connection_, metadata);
    }

    [[nodiscard]] std::string metadata(const std::string& uuid, const std::string& metadata) const override {
        const base::SigpipeBlock block;
        const DomainHandle domain(::virDomainLookupByUUIDString(connection_->get(), uuid.c_str()));
        return domain ? metadata_of(domain.get(), metadata).value_or("") : std::string();
    }

    [[nodiscard]] std::shared_ptr<const void> listen(std::shared_ptr<DomainListener> listener) const override {
        const base::SigpipeBlock block;
        return std::make_shared<const Listening>(connection_->uri(), std::move(listener));
    }

private:
    /// Takes away what is only called running by libvirt.
    /// @return whether there was such a domain.
    [[nodiscard]] bool bury(const std::string& name) const {
        const DomainHandle domain = find(*connection_, name);
        return domain && bury_if_ended(connection_, domain.get());
    }

    [[noreturn]] void throw_start_failure(const Creation& creation, const Error& reason) const {
        const std::string what = "cannot start the sandbox ";
        if (!creation.kept) throw_unless_taken(creation.name, what, reason);
        const DomainHandle domain = find(*connection_, creation.name);
        if (!domain || ::virDomainIsActive(domain.get()) != 1) throw Error(reason);
        throw Error(ErrorCode::wrong_state, what + base::quote(creation.name) + ": it is running");
    }

    /// libvirt's own words for a name that is taken are many.
    [[noreturn]] void throw_unless_taken(const std::string& name, const std::string& what, const Error& reason) const {
        if (!find(*connection_, name)) throw Error(reason);
        throw Error(ErrorCode::exists, what + base::quote(name) + ": a domain of this name exists already");
    }

    /// The files that it passes stay the caller's, and are as good for another call.
    [[nodiscard]] DomainHandle create_domain(const Creation& creation) const {
        const char* document = creation.document.c_str();
        const unsigned flags = life_of(creation) == Life::its_own ? 0U : unsigned{VIR_DOMAIN_START_AUTODESTROY};
        if (creation.passed.empty()) return DomainHandle(::virDomainCreateXML(connection_->get(), document, flags));
        std::vector<int> passed = creation.passed;
        return DomainHandle(::virDomainCreateXMLWithFiles(connection_->get(), document,
                                                          static_cast<unsigned>(passed.size()), passed.data(), flags));
    }

    SharedConnection connection_;
};

}  // namespace

}  // namespace sandgraft::virt

const char sandgraft_module_version[] = SANDGRAFT_VERSION;

sandgraft::virt::Hypervisor* sandgraft_open_hypervisor(const char* uri) {
    const sandgraft::base::SigpipeBlock block;
    return new sandgraft::virt::LibvirtHypervisor(sandgraft::virt::open_shared(uri));
}
