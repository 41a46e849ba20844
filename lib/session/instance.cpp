// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/instance.hpp"

#include "model/program.hpp"
#include "root/kept_directory.hpp"
#include "session/backend.hpp"
#include "session/published_ports.hpp"
#include "session/user_database.hpp"

#include <sandgraft/error.hpp>

#include <unistd.h>
#include <utility>

namespace sandgraft {

namespace {

wire::ExecConfig to_wire(const Program& program, wire::WindowSize window) {
    wire::ExecConfig config;
    config.user = program.user;
    config.directory = program.directory;
    config.terminal = program.terminal;
    config.window = window;
    config.argv = program.argv;
    for (const auto& [key, value] : program.environment) config.environment.push_back(key + '=' + value);
    if (!config.user.empty()) session::ask_user_database(config);
    return config;
}

wire::Attach to_wire(const Attachment& what, const Streams& streams) {
    return {.kept = what.kept_output, .live = what.live, .input = streams.input >= 0};
}

bool are_wanted(const Streams& streams) {
    return streams.input >= 0 || streams.output >= 0 || streams.error >= 0 || streams.on_output || streams.on_error;
}

/// A terminal of the caller matters to a process that has one too.
int terminal_of(const Streams& streams, bool has_terminal) { return has_terminal ? streams.input : -1; }

}  // namespace

Instance::Impl::~Impl() {
    if (!owner.is_here()) {
        (void)domain.release();  // its end would be told over the owner's connection
        return;
    }
    const bool ended = relay && relay->exited(*relay->command());
    if (relay) relay->close();  // init ends at once when the channel does, so that libvirt need not wait for it
    if (kept || !domain || destroyed || (ends_with_channel && (ended || !domain->is_reachable()))) return;
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
    command.emplace(
        std::make_unique<Process::Impl>(relay, relay->command(), terminal_of(streams, has_terminal), guard));
}

void Instance::Impl::greet() { relay->greet(command->impl_->terminal.size(), has_terminal); }

void Instance::Impl::reach_keeper(base::Fd connection) {
    kept = true;
    relay = std::make_shared<console::Relay>(console::Relay::Keeper{std::move(connection)},
                                             are_wanted(streams) ? console::Listener{} : session::listener_of(streams));
}

void Instance::Impl::attach_to_keeper(std::chrono::milliseconds deadline) {
    relay->await_hello(deadline);
    relay->greet(console::Terminal(terminal_of(streams, has_terminal)).size(), has_terminal);
    if (are_wanted(streams))
        command.emplace(take_part({.kept_output = true, .live = true}, streams));
    else
        command.emplace(std::make_unique<Process::Impl>(relay, relay->command(), -1, guard));
}

void Instance::Impl::join(base::Fd connection, std::chrono::milliseconds deadline) {
    kept = true;
    relay = std::make_shared<console::Relay>(console::Relay::Keeper{std::move(connection)});
    relay->join(deadline);
    has_terminal = relay->command_has_terminal();
    command.emplace(std::make_unique<Process::Impl>(relay, relay->command(), -1, guard));
}

Process Instance::Impl::take_part(const Attachment& what, const Streams& theirs) const {
    const int terminal = terminal_of(theirs, has_terminal);
    auto process = relay->attach(to_wire(what, theirs), session::descriptors_of(theirs), session::listener_of(theirs),
                                 ::isatty(terminal) == 1 ? what.detach_keys : std::string());
    return Process(std::make_unique<Process::Impl>(relay, std::move(process), terminal, guard));
}

Instance::Instance(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Instance::Instance(Instance&&) noexcept = default;
Instance& Instance::operator=(Instance&&) noexcept = default;
Instance::~Instance() = default;

Instance Instance::connect(const std::string& name, std::chrono::milliseconds deadline) {
    auto running = std::make_unique<Impl>(name, session::program_beside(installed_init(), "sandgraft-guard"), Streams{},
                                          false, true);
    running->join(root::connect_to_keeper(name), deadline);
    running->ports = session::ports_of_keeper(name);
    return Instance(std::move(running));
}

const std::string& Instance::name() const { return impl_->name; }

std::string Instance::domain_xml() const {
    if (!impl_->domain)
        throw Error(ErrorCode::unsupported, "this connection is to the sandbox's keeper, which knows no document");
    return impl_->domain->document();
}

const std::vector<PublishedPort>& Instance::ports() const { return impl_->ports; }

bool Instance::has_terminal() const { return impl_->has_terminal; }

Process& Instance::command() { return *impl_->command; }

std::optional<int> Instance::wait(std::chrono::milliseconds timeout) { return impl_->command->wait(timeout); }

Process Instance::exec(const Program& program, const Streams& streams) {
    model::check_program(program);
    const int terminal = terminal_of(streams, program.terminal);
    auto process = impl_->relay->exec(to_wire(program, console::Terminal(terminal).size()),
                                      session::descriptors_of(streams), session::listener_of(streams));
    return Process(std::make_unique<Process::Impl>(impl_->relay, std::move(process), terminal, impl_->guard));
}

Process Instance::attach(const Attachment& what, const Streams& streams) {
    if (!impl_->kept)
        throw Error(ErrorCode::unsupported,
                    "only the command of a sandbox that outlives its program can be attached to");
    auto process = impl_->take_part(what, streams);
    const auto size = process.impl_->terminal.size();
    if (size != wire::WindowSize{}) process.resize(size.rows, size.columns);
    return process;
}

int Instance::descriptor() const { return impl_->relay->descriptor(); }

void Instance::dispatch() { impl_->relay->dispatch(); }

void Instance::stop() { impl_->relay->ask_to_stop(); }

void Instance::destroy() {
    if (impl_->kept) return impl_->relay->destroy();
    impl_->domain->destroy();
    impl_->destroyed = true;
}

}  // namespace sandgraft
