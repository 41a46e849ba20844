// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/instance.hpp"

#include "model/program.hpp"

#include <sandgraft/error.hpp>

#include <utility>

namespace sandgraft {

namespace {

wire::ExecConfig to_wire(const Program& program, wire::WindowSize window) {
    wire::ExecConfig config{.user = program.user,
                            .directory = program.directory,
                            .terminal = program.terminal,
                            .window = window,
                            .argv = program.argv,
                            .environment = {}};
    for (const auto& [key, value] : program.environment) config.environment.push_back(key + '=' + value);
    return config;
}

}  // namespace

Instance::Impl::~Impl() {
    if (!owner.is_here()) {
        (void)domain.release();  // its end would be told over the owner's connection
        return;
    }
    const bool ended = relay && relay->exited(*relay->command());
    if (relay) relay->close();  // init ends at once when the channel does, so that libvirt need not wait for it
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

void Instance::Impl::attach(base::Fd channel) {
    relay = std::make_shared<console::Relay>(std::move(channel), session::descriptors_of(streams),
                                             session::listener_of(streams));
    const int terminal = has_terminal ? streams.input : -1;
    command.emplace(std::make_unique<Process::Impl>(relay, relay->command(), terminal));
}

void Instance::Impl::configure(std::string_view config) { relay->configure(command->impl_->terminal.size(), config); }

Instance::Instance(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Instance::Instance(Instance&&) noexcept = default;
Instance& Instance::operator=(Instance&&) noexcept = default;
Instance::~Instance() = default;

const std::string& Instance::name() const { return impl_->name; }

std::string Instance::domain_xml() const { return impl_->domain->document(); }

Process& Instance::command() { return *impl_->command; }

std::optional<int> Instance::wait(std::chrono::milliseconds timeout) { return impl_->command->wait(timeout); }

Process Instance::exec(const Program& program, const Streams& streams) {
    model::check_program(program);
    const int terminal = program.terminal ? streams.input : -1;
    auto process = impl_->relay->exec(to_wire(program, console::Terminal(terminal).size()),
                                      session::descriptors_of(streams), session::listener_of(streams));
    return Process(std::make_unique<Process::Impl>(impl_->relay, std::move(process), terminal));
}

int Instance::descriptor() const { return impl_->relay->descriptor(); }

void Instance::dispatch() { impl_->relay->dispatch(); }

void Instance::stop() { impl_->relay->ask_to_stop(); }

void Instance::destroy() { impl_->domain->destroy(); }

}  // namespace sandgraft
