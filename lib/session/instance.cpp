// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/instance.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <cstring>
#include <limits>

namespace sandgraft {

namespace {

std::uint16_t to_characters(unsigned count) {
    constexpr unsigned most = std::numeric_limits<std::uint16_t>::max();
    return static_cast<std::uint16_t>(std::min(count, most));
}

}  // namespace

Instance::Impl::~Impl() {
    const bool ended = relay && relay->exited();
    relay.reset();  // init ends at once when the channel does, so that libvirt need not wait for it
    if (!owner.is_here()) (void)domain.release();  // its end would be told over the owner's connection
    if (!domain || (ends_with_channel && (ended || !domain->is_reachable()))) return;
    try {
        if (ended)
            domain->destroy_later();
        else
            domain->destroy();
    } catch (const std::exception&) {
        // The connection's end destroys it as well.
    }
}

void Instance::Impl::configure(std::string_view config) { relay->configure(terminal.size(), config); }

std::optional<wire::Exited> Instance::Impl::relay_for(std::chrono::milliseconds timeout) {
    try {
        if (!relay->exited()) terminal.make_raw();
        const auto exited = relay->run(timeout);
        if (exited) terminal.restore();
        return exited;
    } catch (...) {
        terminal.restore();
        throw;
    }
}

Instance::Instance(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Instance::Instance(Instance&&) noexcept = default;
Instance& Instance::operator=(Instance&&) noexcept = default;
Instance::~Instance() = default;

const std::string& Instance::name() const { return impl_->name; }

std::string Instance::domain_xml() const { return impl_->domain->document(); }

std::optional<int> Instance::wait(std::chrono::milliseconds timeout) {
    const auto exited = impl_->relay_for(timeout);
    if (!exited) return std::nullopt;
    return exited->exit_status();
}

std::string Instance::start_error() const {
    const auto exited = impl_->relay->exited();
    if (!exited || exited->how != wire::Exited::How::not_started) return {};
    return std::strerror(static_cast<int>(exited->value));
}

bool Instance::out_of_memory() const {
    const auto exited = impl_->relay->exited();
    return exited && exited->out_of_memory;
}

void Instance::send_signal(int number) {
    if (number < 1 || number > 64) throw Error(ErrorCode::invalid, "there is no signal " + std::to_string(number));
    impl_->relay->send_signal(static_cast<std::uint8_t>(number));
}

void Instance::resize(unsigned rows, unsigned columns) {
    impl_->relay->resize({to_characters(rows), to_characters(columns)});
}

void Instance::resize() { impl_->relay->resize(impl_->terminal.size()); }

void Instance::suspend_terminal() { impl_->terminal.suspend(); }

void Instance::resume_terminal() {
    impl_->terminal.resume();
    resize();
}

void Instance::stop() { impl_->relay->ask_to_stop(); }

void Instance::destroy() { impl_->domain->destroy(); }

}  // namespace sandgraft
