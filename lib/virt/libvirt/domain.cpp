// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/domain.hpp"

#include "base/text.hpp"
#include "base/thread.hpp"
#include "virt/libvirt/leftovers.hpp"
#include "virt/libvirt/listing.hpp"

#include <libvirt/virterror.h>

#include <array>
#include <chrono>
#include <future>
#include <thread>

namespace sandgraft::virt {

namespace {

/// A daemon that is being restarted takes a moment. libvirt itself waits without end for one that listens and does not
/// answer, so a thread of its own waits with it, if need be longer than this process wants to.
SharedConnection reconnect(const std::string& uri) {
    constexpr std::chrono::milliseconds pause{100};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (;;) {
        auto attempt = base::run_apart([uri] { return open_shared(uri); });
        if (attempt.wait_until(deadline) != std::future_status::ready)
            throw Error(ErrorCode::hypervisor, "libvirt at " + base::quote(uri) + " does not answer any more");
        try {
            return attempt.get();
        } catch (const Error& error) {
            if (error.code() != ErrorCode::hypervisor || std::chrono::steady_clock::now() + pause > deadline) throw;
        }
        std::this_thread::sleep_for(pause);
    }
}

/// libvirt's daemon may end while a domain runs, killed or cut off, which the domain's controller survives and the
/// connection does not.
class LibvirtDomain : public Domain {
public:
    LibvirtDomain(SharedConnection connection, DomainHandle domain, Life life)
        : connection_(std::move(connection)), uri_(connection_->uri()), domain_(std::move(domain)), life_(life) {
        if (::virDomainGetUUIDString(domain_.get(), uuid_.data()) < 0) throw_libvirt("cannot identify the sandbox");
    }

    [[nodiscard]] DomainInfo info(const std::string& metadata) const override {
        const base::SigpipeBlock block;
        const Reached domain = reach();
        const int active = ::virDomainIsActive(domain.handle.get());
        const int defined = active < 0 ? -1 : ::virDomainIsPersistent(domain.handle.get());
        if (defined < 0) throw_libvirt("cannot ask for the state of the sandbox");
        return {::virDomainGetName(domain.handle.get()), uuid_.data(), active == 1, defined == 1,
                metadata_of(domain.handle.get(), metadata).value_or("")};
    }

    [[nodiscard]] std::string document(Document which) const override {
        const base::SigpipeBlock block;
        const unsigned flags = which == Document::next ? unsigned{VIR_DOMAIN_XML_INACTIVE} : 0U;
        return checked<TextHandle>(::virDomainGetXMLDesc(reach().handle.get(), flags),
                                   "cannot read the domain document")
            .get();
    }

    [[nodiscard]] base::Fd open_console(const std::string& alias) const override {
        const base::SigpipeBlock block;
        auto stream = checked<StreamHandle>(::virStreamNew(connection_->get(), VIR_STREAM_NONBLOCK),
                                            "cannot create a libvirt stream");
        if (::virDomainOpenConsole(domain_.get(), alias.c_str(), stream.get(), 0) < 0)
            throw_libvirt("cannot open the sandbox's console " + base::quote(alias));
        return connection_->bridge(std::move(stream));
    }

    void destroy() const override {
        const base::SigpipeBlock block;
        try {
            const Reached domain = reach();
            if (::virDomainDestroy(domain.handle.get()) == 0 || has_ended()) return;
            const Error reason = last_error("cannot stop the sandbox");
            if (!ends_in_time(domain.handle.get())) throw Error(reason);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::not_found) throw;
        }
    }

    /// The end of its connection is enough where that is near.
    void destroy_later() const override {
        if (life_ == Life::of_connection && connection_.use_count() == 1) return;
        ::virDomainRef(domain_.get());
        finish_later([connection = connection_, domain = domain_.get()] {
            ::virDomainDestroy(domain);
            ::virDomainFree(domain);
        });
    }

    void undefine() const override {
        const base::SigpipeBlock block;
        if (::virDomainUndefine(reach().handle.get()) < 0) throw_libvirt("cannot remove the sandbox's definition");
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

    /// libvirt fails at the control group of one that is just ending, which systemd may take away first.
    static bool ends_in_time(virDomainPtr domain) {
        for (int tries = 50; tries > 0; --tries) {
            if (::virDomainIsActive(domain) != 1) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return false;
    }

    static bool has_ended() {
        const virErrorPtr error = ::virGetLastError();
        return error != nullptr && (error->code == VIR_ERR_OPERATION_INVALID || error->code == VIR_ERR_NO_DOMAIN);
    }

    SharedConnection connection_;  ///< stays open as long as the domain's object lives
    std::string uri_;
    DomainHandle domain_;
    Life life_;
    std::array<char, VIR_UUID_STRING_BUFLEN> uuid_{};
};

}  // namespace

std::unique_ptr<Domain> make_domain(SharedConnection connection, DomainHandle domain, Life life) {
    return std::make_unique<LibvirtDomain>(std::move(connection), std::move(domain), life);
}

}  // namespace sandgraft::virt
