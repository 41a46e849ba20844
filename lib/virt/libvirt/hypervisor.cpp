// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/file.hpp"
#include "base/text.hpp"
#include "virt/libvirt/console_bridge.hpp"
#include "virt/libvirt/event_loop.hpp"
#include "virt/libvirt/handle.hpp"
#include "virt/module.hpp"
#include "virt/uri.hpp"

#include <sandgraft/error.hpp>

#include <libvirt/virterror.h>

#include <optional>
#include <string_view>

namespace sandgraft::virt {

namespace {

using Connection = std::shared_ptr<virConnect>;

bool is_taken(virConnectPtr connection, const std::string& name) {
    return DomainHandle(::virDomainLookupByName(connection, name.c_str())) != nullptr;
}

/// libvirt quotes the log of a container that did not start, but only its first KiB, and there stands the command line.
/// On this machine the log itself can be read.
std::optional<std::string> logged_failure(const std::string& name) {
    constexpr std::size_t largest_log = 64 * 1024 * 1024;
    const virErrorPtr error = ::virGetLastError();
    if (error == nullptr || error->message == nullptr ||
        std::string_view(error->message).find("reading log output") == std::string_view::npos)
        return std::nullopt;
    try {
        const std::string log = base::read_file("/var/log/libvirt/lxc/" + name + ".log", largest_log);
        const auto last_start = log.rfind(": starting up");
        const auto failure = last_start == std::string::npos ? last_start : log.find(startup_failure, last_start);
        if (failure != std::string::npos) return startup_cause(std::string_view(log).substr(failure));
    } catch (const Error&) {
        // Then there is only what libvirt said.
    }
    return std::nullopt;
}

/// Why a domain was not created. To be asked before any other call of libvirt, which would replace its error.
Error start_failure(const std::string& name, bool local) {
    const std::string what = "cannot start the sandbox " + base::quote(name);
    if (local)
        if (const auto reason = logged_failure(name)) return {ErrorCode::hypervisor, what + ": " + *reason};
    return last_error(what);
}

class LibvirtDomain : public Domain {
public:
    LibvirtDomain(Connection connection, DomainHandle domain)
        : connection_(std::move(connection)), domain_(std::move(domain)) {}

    [[nodiscard]] std::string document() const override {
        return checked<TextHandle>(::virDomainGetXMLDesc(domain_.get(), 0), "cannot read the domain document").get();
    }

    [[nodiscard]] base::Fd open_console(const std::string& alias) const override {
        auto stream = checked<StreamHandle>(::virStreamNew(connection_.get(), VIR_STREAM_NONBLOCK),
                                            "cannot create a libvirt stream");
        if (::virDomainOpenConsole(domain_.get(), alias.c_str(), stream.get(), 0) < 0)
            throw_libvirt("cannot open the sandbox's console " + base::quote(alias));
        return bridge_stream(connection_.get(), std::move(stream));
    }

    void destroy() const override {
        if (::virDomainDestroy(domain_.get()) == 0) return;
        const virErrorPtr error = ::virGetLastError();
        const bool ended =
            error != nullptr && (error->code == VIR_ERR_OPERATION_INVALID || error->code == VIR_ERR_NO_DOMAIN);
        if (!ended) throw_libvirt("cannot stop the sandbox");
    }

private:
    Connection connection_;  ///< stays open as long as the domain's object lives
    DomainHandle domain_;
};

class LibvirtHypervisor : public Hypervisor {
public:
    explicit LibvirtHypervisor(Connection connection) : connection_(std::move(connection)) {}

    // Not virConnectGetType(): libvirt asks the daemon for that, and knows the URI itself.
    [[nodiscard]] std::string uri() const override {
        return checked<TextHandle>(::virConnectGetURI(connection_.get()), "cannot read the connection's URI").get();
    }

    [[nodiscard]] std::uint64_t memory_bytes() const override {
        virNodeInfo info{};
        if (::virNodeGetInfo(connection_.get(), &info) < 0) throw_libvirt("cannot read the host's memory");
        return std::uint64_t{info.memory} * 1024;
    }

    [[nodiscard]] std::unique_ptr<Domain> create(const std::string& document, const std::string& name,
                                                 const std::vector<int>& passed) const override {
        const auto place = parse_uri(uri());
        DomainHandle domain = create_domain(document, passed);
        if (domain) return std::make_unique<LibvirtDomain>(connection_, std::move(domain));
        const Error reason = start_failure(name, place && place->local);
        if (!is_taken(connection_.get(), name)) throw reason;
        throw Error(ErrorCode::exists,
                    "cannot start the sandbox " + base::quote(name) + ": a domain of this name exists already");
    }

private:
    [[nodiscard]] DomainHandle create_domain(const std::string& document, std::vector<int> passed) const {
        constexpr unsigned flags = VIR_DOMAIN_START_AUTODESTROY;
        if (passed.empty()) return DomainHandle(::virDomainCreateXML(connection_.get(), document.c_str(), flags));
        return DomainHandle(::virDomainCreateXMLWithFiles(connection_.get(), document.c_str(),
                                                          static_cast<unsigned>(passed.size()), passed.data(), flags));
    }

    Connection connection_;
};

Connection connect(const char* uri) {
    prepare_libvirt();
    Connection connection =
        checked<ConnectHandle>(::virConnectOpen(uri), "cannot connect to libvirt at " + base::quote(uri));
    // What fails here becomes an Error: the program's own error function is for its own connections.
    ::virConnSetErrorFunc(connection.get(), nullptr, [](void*, virErrorPtr) {});
    serve_events();
    return connection;
}

}  // namespace

}  // namespace sandgraft::virt

const char sandgraft_module_version[] = SANDGRAFT_VERSION;

sandgraft::virt::Hypervisor* sandgraft_open_hypervisor(const char* uri) {
    return new sandgraft::virt::LibvirtHypervisor(sandgraft::virt::connect(uri));
}
