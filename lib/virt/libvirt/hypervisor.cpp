// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/hypervisor.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "virt/libvirt/console_bridge.hpp"
#include "virt/libvirt/event_loop.hpp"
#include "virt/libvirt/handle.hpp"

#include <sandgraft/error.hpp>

#include <libvirt/virterror.h>

#include <optional>
#include <string_view>

namespace sandgraft::virt {

struct Hypervisor::Impl {
    ConnectHandle connection;
};

struct Domain::Impl {
    std::shared_ptr<Hypervisor::Impl> hypervisor;
    DomainHandle domain;
};

namespace {

std::string uri_of(const Hypervisor::Impl& impl) {
    return checked<TextHandle>(::virConnectGetURI(impl.connection.get()), "cannot read the connection's URI").get();
}

bool is_taken(virConnectPtr connection, const std::string& name) {
    return DomainHandle(::virDomainLookupByName(connection, name.c_str())) != nullptr;
}

/// Whether "driver[+transport]://[server]/..." names no server and no transport to one.
bool is_local_uri(std::string_view uri) {
    const auto colon = uri.find("://");
    if (colon == std::string_view::npos) return false;
    const auto scheme = uri.substr(0, colon);
    const auto plus = scheme.find('+');
    const bool unix_transport = plus == std::string_view::npos || scheme.substr(plus + 1) == "unix";
    return unix_transport && uri.substr(colon + 3).starts_with('/');
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

}  // namespace

Domain::Domain(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Domain::Domain(Domain&&) noexcept = default;
Domain& Domain::operator=(Domain&&) noexcept = default;
Domain::~Domain() = default;

std::string Domain::document() const {
    return checked<TextHandle>(::virDomainGetXMLDesc(impl_->domain.get(), 0), "cannot read the domain document").get();
}

base::Fd Domain::open_console(const std::string& alias) const {
    const virConnectPtr connection = impl_->hypervisor->connection.get();
    auto stream =
        checked<StreamHandle>(::virStreamNew(connection, VIR_STREAM_NONBLOCK), "cannot create a libvirt stream");
    if (::virDomainOpenConsole(impl_->domain.get(), alias.c_str(), stream.get(), 0) < 0)
        throw_libvirt("cannot open the sandbox's console " + base::quote(alias));
    return bridge_stream(connection, std::move(stream));
}

void Domain::destroy() const {
    if (::virDomainDestroy(impl_->domain.get()) == 0) return;
    const virErrorPtr error = ::virGetLastError();
    const bool ended =
        error != nullptr && (error->code == VIR_ERR_OPERATION_INVALID || error->code == VIR_ERR_NO_DOMAIN);
    if (!ended) throw_libvirt("cannot stop the sandbox");
}

Hypervisor::Hypervisor(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Hypervisor Hypervisor::open(const std::string& uri) {
    prepare_libvirt();
    auto impl = std::make_shared<Impl>();
    impl->connection =
        checked<ConnectHandle>(::virConnectOpen(uri.c_str()), "cannot connect to libvirt at " + base::quote(uri));
    // What fails here becomes an Error: the program's own error function is for its own connections.
    ::virConnSetErrorFunc(impl->connection.get(), nullptr, [](void*, virErrorPtr) {});
    serve_events();
    return Hypervisor(std::move(impl));
}

// Not virConnectGetType(): libvirt asks the daemon for that, and knows the URI itself, aliases resolved.
std::string Hypervisor::driver() const {
    const std::string uri = uri_of(*impl_);
    return uri.substr(0, uri.find_first_of("+:"));
}

bool Hypervisor::is_local() const { return is_local_uri(uri_of(*impl_)); }

std::uint64_t Hypervisor::memory_bytes() const {
    virNodeInfo info{};
    if (::virNodeGetInfo(impl_->connection.get(), &info) < 0) throw_libvirt("cannot read the host's memory");
    return std::uint64_t{info.memory} * 1024;
}

Domain Hypervisor::create(const std::string& document, const std::string& name, const std::vector<int>& passed) const {
    const virConnectPtr connection = impl_->connection.get();
    const bool local = is_local();
    std::vector<int> files = passed;
    virDomainPtr created =
        files.empty() ? ::virDomainCreateXML(connection, document.c_str(), VIR_DOMAIN_START_AUTODESTROY)
                      : ::virDomainCreateXMLWithFiles(connection, document.c_str(), static_cast<unsigned>(files.size()),
                                                      files.data(), VIR_DOMAIN_START_AUTODESTROY);
    if (created == nullptr) {
        const Error reason = start_failure(name, local);
        if (!is_taken(connection, name)) throw reason;
        throw Error(ErrorCode::exists,
                    "cannot start the sandbox " + base::quote(name) + ": a domain of this name exists already");
    }
    auto impl = std::make_unique<Domain::Impl>();
    impl->hypervisor = impl_;
    impl->domain.reset(created);
    return Domain(std::move(impl));
}

}  // namespace sandgraft::virt
