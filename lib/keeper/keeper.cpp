// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keeper/keeper.hpp"

#include <sandgraft/error.hpp>

#include <sys/signalfd.h>
#include <unistd.h>
#include <algorithm>

namespace sandgraft::keeper {

namespace {

enum Id : std::uint64_t { guest_id, listener_id, signals_id, creation_id, ports_id, first_client };

/// A client for whom more waits than this is not read: what it asks for could only add to that.
constexpr std::size_t most_waiting = 1024 * 1024;

/// How long to wait where there was no descriptor for a client.
constexpr std::chrono::milliseconds retry_interval{100};

bool may_read(const Client& client) { return !client.is_held && client.link.waiting() <= most_waiting; }

std::uint32_t wanted(const Client& client) {
    return (may_read(client) ? EPOLLIN : 0U) | (client.link.idle() ? 0U : EPOLLOUT);
}

/// Whether all output of the command that a client is to have is on its way to it.
bool is_drained(const Client& client) {
    return std::all_of(client.numbers.begin(), client.numbers.end(), [](const auto& entry) {
        const auto* attachment = std::get_if<Attachment*>(&entry.second);
        return attachment == nullptr || (*attachment)->is_drained();
    });
}

void tell_once(Client& client, bool& knows, const std::string& frame) {
    if (knows) return;
    client.link.send(frame);
    knows = true;
}

}  // namespace

Keeper::Keeper(Descriptors descriptors, Listener listener, Patience patience)
    : guest_(std::move(descriptors.channel), std::move(descriptors.ports)),
      listener_(std::move(listener)),
      creation_(std::move(descriptors.creation)),
      signals_(std::move(descriptors.signals)),
      patience_(patience),
      next_id_(first_client) {
    if (signals_) poller_.watch(signals_id, signals_.get(), EPOLLIN);
    if (creation_) {
        guest_.hold();
        poller_.watch(creation_id, creation_.get(), EPOLLIN);
    }
    add(std::move(descriptors.starter), true);
}

void Keeper::run() {
    settle();
    while (!done()) step();
}

void Keeper::step() {
    watch_all();
    poller_.wait(timeout(), [this](std::uint64_t id, std::uint32_t events) { handle(id, events); });
    check_deadline();
    settle();
}

/// Others come in when the command has been started: before, there is nothing that they could want.
void Keeper::watch_all() {
    if (guest_.is_open())
        poller_.watch(guest_id, guest_.link().fd(), EPOLLIN | (guest_.link().idle() ? 0U : EPOLLOUT));
    else
        poller_.forget(guest_id, guest_.link().fd());
    if (guest_.is_started()) poller_.watch(ports_id, guest_.ports().fd(), EPOLLIN);
    if (closed_until_ && Clock::now() >= *closed_until_) closed_until_.reset();
    if (listener_.is_open() && guest_.is_started() && !closed_until_)
        poller_.watch(listener_id, listener_.fd(), EPOLLIN);
    for (const auto& [id, client] : clients_) poller_.watch(id, client.link.fd(), wanted(client));
}

void Keeper::handle(std::uint64_t id, std::uint32_t events) {
    switch (id) {
        case guest_id:
            if (events & EPOLLOUT) guest_.link().flush();
            if (events & ~EPOLLOUT) guest_.read();
            return;
        case listener_id: return let_in();
        case signals_id: return stop();
        case creation_id: return end_creation();
        case ports_id: return guest_.ports().serve(guest_.link());
        default: return serve(id, events);
    }
}

/// A client that breaks the protocol is told why, as far as it listens, and let go.
void Keeper::serve(std::uint64_t id, std::uint32_t events) {
    Client& client = clients_.at(id);
    bool more = true;
    try {
        if (events & EPOLLOUT) {
            client.link.flush();
            if (lingering_) deadline_ = Clock::now() + patience_.linger;
        }
        if (!may_read(client))
            more = (events & (EPOLLHUP | EPOLLERR)) == 0;  // more may wait for it than when events were asked for
        else if (events & ~EPOLLOUT)
            more = orders_.read(client);
    } catch (const Error& error) {
        client.link.send(wire::encode_failed(0, error.what()));
        more = false;
    }
    if (!more) let_go(id);
}

/// Who finds no descriptor left waits: for another client's, or another program's.
void Keeper::let_in() {
    try {
        if (base::Fd socket = listener_.accept()) add(std::move(socket), false);
    } catch (const Error&) {
        closed_until_ = Clock::now() + retry_interval;
        poller_.forget(listener_id, listener_.fd());
    }
}

void Keeper::add(base::Fd socket, bool is_starter) {
    Client& client = clients_.try_emplace(next_id_, std::move(socket), is_starter).first->second;
    client.link.send(wire::encode(wire::Hello{.oldest = wire::exec_version, .terminal = guest_.has_terminal()}));
    if (clients_.size() > most_clients) {
        client.link.send(
            wire::encode_failed(0, "the sandbox has " + std::to_string(most_clients) + " clients already"));
        clients_.erase(next_id_);
    }
    ++next_id_;
}

void Keeper::let_go(std::uint64_t id) {
    Client& client = clients_.at(id);
    orders_.leave(client);
    if (client.is_starter) starter_gone_ = true;
    poller_.forget(id, client.link.fd());
    clients_.erase(id);
}

/// Brings everybody up to date with what has come.
void Keeper::settle() {
    for (auto& [id, client] : clients_)
        if (client.is_starter) tell_progress(client);
    guest_.output().pump();
    guest_.ports().take_turns(guest_.link());
    for (auto& [id, client] : clients_) {
        orders_.sweep(client);
        if (guest_.link().idle()) client.is_held = false;
        tell_end(client);
    }
    if (!guest_.has_ended() || guest_.is_held() || lingering_) return;
    lingering_ = true;
    deadline_ = Clock::now() + patience_.linger;
    if (!listener_.is_open()) return;
    poller_.forget(listener_id, listener_.fd());
    listener_.close();
}

/// The starter relays nothing before it knows of the setup: what the command wrote comes after that.
void Keeper::tell_progress(Client& starter) const {
    if (guest_.is_set_up()) tell_once(starter, starter.knows_setup, wire::encode_empty(0, wire::FrameType::configured));
    if (guest_.is_started()) tell_once(starter, starter.knows_start, wire::encode_empty(0, wire::FrameType::ready));
}

void Keeper::tell_end(Client& client) const {
    if (guest_.exited() && client.numbers.empty())
        tell_once(client, client.knows_end, wire::encode_exited(0, *guest_.exited(), wire::newest_version));
    if (guest_.failure() && is_drained(client))
        tell_once(client, client.knows_end, wire::encode_failed(0, *guest_.failure()));
}

/// The command is asked to end, and is waited for; then the sandbox ends.
void Keeper::stop() {
    signalfd_siginfo info{};
    (void)!::read(signals_.get(), &info, sizeof info);
    if (deadline_) return;
    guest_.pass_to_command({wire::FrameType::stop, 0, 0, {}});
    deadline_ = Clock::now() + patience_.stop;
}

/// Nobody writes there: it can only be at its end.
void Keeper::end_creation() {
    poller_.forget(creation_id, creation_.get());
    creation_.reset();
    guest_.release();
}

void Keeper::check_deadline() {
    if (!deadline_ || lingering_ || Clock::now() < *deadline_) return;
    deadline_.reset();
    guest_.destroy();
}

/// The starter's sandbox ends with it as long as nobody else could know of it.
bool Keeper::done() const {
    if (starter_gone_ && !guest_.is_set_up()) return !guest_.is_held();
    if (!lingering_) return false;
    const auto knows = [](const auto& entry) { return entry.second.knows_end && entry.second.link.idle(); };
    if (Clock::now() >= *deadline_) return true;
    return guest_.ports().is_written() && std::all_of(clients_.begin(), clients_.end(), knows);
}

std::chrono::milliseconds Keeper::timeout() const {
    if (!deadline_ && !closed_until_) return std::chrono::milliseconds(-1);
    const auto next =
        std::min(deadline_.value_or(Clock::time_point::max()), closed_until_.value_or(Clock::time_point::max()));
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()), std::chrono::milliseconds(0));
}

}  // namespace sandgraft::keeper
