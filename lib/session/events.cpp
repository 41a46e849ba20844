// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/fd.hpp"
#include "domain/reading.hpp"
#include "session/host.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/stored.hpp>

#include <sys/eventfd.h>
#include <unistd.h>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>

namespace sandgraft {

namespace {

/// What libvirt's thread has told and nobody has taken yet.
class Queue : public virt::DomainListener {
public:
    Queue() : ready_(base::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "cannot make an event descriptor")) {}

    void happened(SandboxEvent event) noexcept override {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
        signal();
    }

    void lost() noexcept override {
        const std::lock_guard lock(mutex_);
        lost_ = true;
        signal();
    }

    [[nodiscard]] int descriptor() const { return ready_.get(); }

    /// The descriptor stays readable when the connection is lost.
    std::optional<SandboxEvent> take() {
        const std::lock_guard lock(mutex_);
        if (events_.empty() && lost_) throw Error(ErrorCode::hypervisor, "the connection to libvirt is lost");
        if (events_.empty()) return std::nullopt;
        SandboxEvent event = std::move(events_.front());
        events_.pop_front();
        if (events_.empty() && !lost_) {
            std::uint64_t count = 0;
            (void)!::read(ready_.get(), &count, sizeof count);
        }
        return event;
    }

private:
    void signal() const {
        const std::uint64_t one = 1;
        (void)!::write(ready_.get(), &one, sizeof one);
    }

    std::mutex mutex_;
    base::Fd ready_;
    std::deque<SandboxEvent> events_;
    bool lost_ = false;
};

}  // namespace

struct SandboxEvents::Impl {
    explicit Impl(const virt::Hypervisor& asked)
        : hypervisor(asked), queue(std::make_shared<Queue>()), listening(hypervisor.listen(queue)) {
        for (const auto& domain : hypervisor.list(domain::xml_namespace))
            if (!domain.metadata.empty()) known[domain.uuid] = {domain.active, domain.defined};
    }

    struct State {
        bool running = false;
        bool defined = false;
    };

    /// Whether an event is one of a sandbox, and changes what is known of it: libvirt may tell an end twice.
    bool apply(const SandboxEvent& event) {
        using Kind = SandboxEvent::Kind;
        const bool begins = event.kind == Kind::defined || event.kind == Kind::started;
        if (known.count(event.uuid) == 0) {
            if (!begins || hypervisor.metadata(event.uuid, domain::xml_namespace).empty()) return false;
        }
        State& state = known[event.uuid];
        const bool changes = event.kind != Kind::stopped || state.running;
        if (event.kind == Kind::started || event.kind == Kind::stopped) state.running = begins;
        if (event.kind == Kind::defined || event.kind == Kind::undefined) state.defined = begins;
        if (!state.running && !state.defined) known.erase(event.uuid);
        return changes;
    }

    const virt::Hypervisor& hypervisor;
    std::shared_ptr<Queue> queue;
    std::shared_ptr<const void> listening;
    std::map<std::string, State> known{};  ///< the sandboxes, by UUID
    std::shared_ptr<const void> host{};    ///< keeps the connection that is asked
};

SandboxEvents::SandboxEvents(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SandboxEvents::SandboxEvents(SandboxEvents&&) noexcept = default;
SandboxEvents& SandboxEvents::operator=(SandboxEvents&&) noexcept = default;
SandboxEvents::~SandboxEvents() = default;

int SandboxEvents::descriptor() const { return impl_->queue->descriptor(); }

std::optional<SandboxEvent> SandboxEvents::next() {
    while (auto event = impl_->queue->take())
        if (impl_->apply(*event)) return event;
    return std::nullopt;
}

SandboxEvents Host::events() const {
    auto events = std::make_unique<SandboxEvents::Impl>(impl_->connection.hypervisor());
    events->host = impl_;
    return SandboxEvents(std::move(events));
}

std::string_view to_string(SandboxEvent::Kind kind) {
    switch (kind) {
        case SandboxEvent::Kind::defined: return "defined";
        case SandboxEvent::Kind::undefined: return "undefined";
        case SandboxEvent::Kind::started: return "started";
        case SandboxEvent::Kind::stopped: return "stopped";
    }
    return "";
}

}  // namespace sandgraft
