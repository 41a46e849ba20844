// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/thread.hpp"
#include "virt/libvirt/connection.hpp"
#include "virt/libvirt/handle.hpp"
#include "virt/module.hpp"

#include <sandgraft/error.hpp>

#include <libvirt/virterror.h>

#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace sandgraft::virt {

namespace {

using SharedConnection = std::shared_ptr<Connection>;

bool is_taken(const Connection& connection, const std::string& name) {
    return DomainHandle(::virDomainLookupByName(connection.get(), name.c_str())) != nullptr;
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

/// Why a domain was not created. To be asked before any other call of libvirt, which would replace its error.
Error start_failure(const std::string& name, bool local) {
    const std::string what = "cannot start the sandbox " + base::quote(name);
    if (local)
        if (const auto reason = logged_failure(name)) return {ErrorCode::hypervisor, what + ": " + *reason};
    return last_error(what);
}

/// A daemon that is being restarted takes a moment.
SharedConnection connect_persistently(const std::string& uri, std::chrono::steady_clock::time_point deadline) {
    constexpr std::chrono::milliseconds pause{100};
    for (;;) {
        try {
            return std::make_shared<Connection>(uri);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::hypervisor || std::chrono::steady_clock::now() > deadline) throw;
        }
        std::this_thread::sleep_for(pause);
    }
}

/// libvirt itself waits without end for a daemon that listens and does not answer, so a thread of its own waits with
/// it, if need be longer than this process wants to.
SharedConnection reconnect(const std::string& uri) {
    constexpr std::chrono::seconds longest{10};
    auto connection = base::run_apart(
        [uri, deadline = std::chrono::steady_clock::now() + longest] { return connect_persistently(uri, deadline); });
    if (connection.wait_for(longest + std::chrono::seconds(1)) != std::future_status::ready)
        throw Error(ErrorCode::hypervisor, "libvirt at " + base::quote(uri) + " does not answer any more");
    return connection.get();
}

/// libvirt's daemon may end while a domain runs, killed or cut off, which the domain's controller survives and the
/// connection does not.
class LibvirtDomain : public Domain {
public:
    LibvirtDomain(SharedConnection connection, DomainHandle domain)
        : connection_(std::move(connection)), uri_(connection_->uri()), domain_(std::move(domain)) {
        if (::virDomainGetUUIDString(domain_.get(), uuid_.data()) < 0) throw_libvirt("cannot identify the sandbox");
    }

    [[nodiscard]] std::string document() const override {
        return checked<TextHandle>(::virDomainGetXMLDesc(reach().handle.get(), 0), "cannot read the domain document")
            .get();
    }

    [[nodiscard]] base::Fd open_console(const std::string& alias) const override {
        auto stream = checked<StreamHandle>(::virStreamNew(connection_->get(), VIR_STREAM_NONBLOCK),
                                            "cannot create a libvirt stream");
        if (::virDomainOpenConsole(domain_.get(), alias.c_str(), stream.get(), 0) < 0)
            throw_libvirt("cannot open the sandbox's console " + base::quote(alias));
        return connection_->bridge(std::move(stream));
    }

    void destroy() const override {
        try {
            const Reached domain = reach();
            if (::virDomainDestroy(domain.handle.get()) < 0 && !has_ended()) throw_libvirt("cannot stop the sandbox");
        } catch (const Error& error) {
            if (error.code() != ErrorCode::not_found) throw;
        }
    }

    [[nodiscard]] bool is_reachable() const override { return connection_->is_alive(); }

private:
    /// The domain, over the connection that it was started with or a new one.
    struct Reached {
        SharedConnection connection;
        DomainHandle handle;
    };

    [[nodiscard]] Reached reach() const {
        if (connection_->is_alive()) {
            ::virDomainRef(domain_.get());
            return {connection_, DomainHandle(domain_.get())};
        }
        Reached again{reconnect(uri_), {}};
        again.handle = checked<DomainHandle>(::virDomainLookupByUUIDString(again.connection->get(), uuid_.data()),
                                             "cannot find the sandbox");
        return again;
    }

    static bool has_ended() {
        const virErrorPtr error = ::virGetLastError();
        return error != nullptr && (error->code == VIR_ERR_OPERATION_INVALID || error->code == VIR_ERR_NO_DOMAIN);
    }

    SharedConnection connection_;  ///< stays open as long as the domain's object lives
    std::string uri_;
    DomainHandle domain_;
    std::array<char, VIR_UUID_STRING_BUFLEN> uuid_{};
};

class LibvirtHypervisor : public Hypervisor {
public:
    explicit LibvirtHypervisor(SharedConnection connection) : connection_(std::move(connection)) {}

    [[nodiscard]] std::string uri() const override { return connection_->uri(); }

    [[nodiscard]] std::uint64_t memory_bytes() const override {
        virNodeInfo info{};
        if (::virNodeGetInfo(connection_->get(), &info) < 0) throw_libvirt("cannot read the host's memory");
        return std::uint64_t{info.memory} * 1024;
    }

    [[nodiscard]] std::unique_ptr<Domain> create(const Creation& creation) const override {
        DomainHandle domain = create_domain(creation);
        if (domain) return std::make_unique<LibvirtDomain>(connection_, std::move(domain));
        const Error reason = start_failure(creation.name, connection_->is_local());
        if (!is_taken(*connection_, creation.name)) throw reason;
        throw Error(ErrorCode::exists, "cannot start the sandbox " + base::quote(creation.name) +
                                           ": a domain of this name exists already");
    }

private:
    [[nodiscard]] DomainHandle create_domain(const Creation& creation) const {
        const char* document = creation.document.c_str();
        constexpr unsigned flags = VIR_DOMAIN_START_AUTODESTROY;
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
    return new sandgraft::virt::LibvirtHypervisor(std::make_shared<sandgraft::virt::Connection>(uri));
}
