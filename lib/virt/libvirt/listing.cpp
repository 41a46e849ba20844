// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/listing.hpp"

#include "base/thread.hpp"
#include "virt/libvirt/ended.hpp"
#include "virt/libvirt/event_loop.hpp"
#include "virt/libvirt/handle.hpp"

#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <optional>
#include <set>

namespace sandgraft::virt {

namespace {

/// libvirt's daemon serves so many calls of one connection at a time, less one.
constexpr std::size_t most_calls = 4;
/// For fewer a thread does not pay.
constexpr std::size_t domains_for_a_call = 8;
/// For fewer the events are served all the time.
constexpr std::size_t domains_for_a_pause = 64;

std::vector<DomainHandle> all_domains(const Connection& connection, unsigned flags) {
    virDomainPtr* listed = nullptr;
    const int count = ::virConnectListAllDomains(connection.get(), &listed, flags);
    if (count < 0) throw_libvirt("cannot list the sandboxes");
    const std::unique_ptr<virDomainPtr, Release<std::free>> array(listed);
    return {listed, listed + count};
}

std::string uuid_of(virDomainPtr domain) {
    std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
    if (::virDomainGetUUIDString(domain, uuid.data()) < 0) throw_libvirt("cannot identify a sandbox");
    return uuid.data();
}

/// Those that are not defined.
std::set<std::string> transient_domains(const Connection& connection) {
    std::set<std::string> uuids;
    for (const auto& domain : all_domains(connection, VIR_CONNECT_LIST_DOMAINS_TRANSIENT))
        uuids.insert(uuid_of(domain.get()));
    return uuids;
}

/// What several threads do; its end waits for all of them.
class Workers {
public:
    Workers() = default;
    ~Workers() {
        for (const auto& worker : workers_) worker.wait();
    }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    template <class Work>
    void start(const Work& work) {
        workers_.push_back(base::run_apart([&work] { work(); }));
    }

    /// Throws what one of them has thrown.
    void finish() {
        for (const auto& worker : workers_) worker.get();
    }

private:
    std::vector<std::shared_future<void>> workers_;
};

/// Calls an action with each index, in several threads where that pays. What it throws is thrown.
template <class Action>
void for_each_index(std::size_t count, const Action& action) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < count; i = next++) action(i);
    };
    Workers others;
    for (std::size_t i = 1; i < std::min(most_calls, count / domains_for_a_call); ++i) others.start(work);
    work();
    others.finish();
}

}  // namespace

std::optional<std::string> metadata_of(virDomainPtr domain, const std::string& metadata) {
    const TextHandle text(::virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, metadata.c_str(), 0));
    if (text) return text.get();
    const virErrorPtr error = ::virGetLastError();
    if (error != nullptr && error->code == VIR_ERR_NO_DOMAIN_METADATA) return "";
    if (error != nullptr && error->code == VIR_ERR_NO_DOMAIN) return std::nullopt;
    throw_libvirt("cannot read the description of a sandbox");
}

std::vector<DomainInfo> list_domains(const SharedConnection& connection, const std::string& metadata) {
    const auto domains = all_domains(*connection, 0);
    const auto transient = transient_domains(*connection);
    const Controllers controllers(*connection);
    std::vector<DomainInfo> infos(domains.size());
    std::optional<EventPause> pause;
    if (domains.size() >= domains_for_a_pause) pause.emplace();
    for_each_index(domains.size(), [&](std::size_t i) {
        const virDomainPtr domain = domains[i].get();
        auto element = metadata_of(domain, metadata);
        if (!element) return;
        const std::string uuid = uuid_of(domain);
        const bool runs = ::virDomainGetID(domain) != static_cast<unsigned>(-1);  // was told with the list
        const bool defined = transient.count(uuid) == 0;
        const bool ended = controllers.has_lost(domain) || (!runs && !defined);
        if (ended) bury_later(connection, domain);
        if (ended && !defined) return;
        infos[i] = {::virDomainGetName(domain), uuid, runs && !ended, defined, std::move(*element)};
    });
    std::erase_if(infos, [](const DomainInfo& info) { return info.name.empty(); });
    std::sort(infos.begin(), infos.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return infos;
}

}  // namespace sandgraft::virt
