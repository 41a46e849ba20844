// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/owner.hpp"
#include "console/relay.hpp"
#include "session/process.hpp"
#include "virt/hypervisor.hpp"

#include <sandgraft/instance.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft {

struct Instance::Impl {
    /// @param guard_path        of sandgraft-guard, here.
    /// @param command_terminal  whether the command has a terminal.
    Impl(std::string domain_name, std::string guard_path, const Streams& its_streams, bool command_terminal,
         bool channel_ends_sandbox)
        : name(std::move(domain_name)),
          guard(std::move(guard_path)),
          streams(its_streams),
          has_terminal(command_terminal),
          ends_with_channel(channel_ends_sandbox) {}

    ~Impl();

    /// Takes the host's end of the channel to init.
    void attach(base::Fd channel);

    /// Says hello there.
    void greet();

    /// Takes a connection to the keeper of a sandbox that is about to be started.
    void reach_keeper(base::Fd connection);

    /// Says hello there, and takes part in the command's streams where there are any.
    /// @param deadline  for the keeper to answer.
    void attach_to_keeper(std::chrono::milliseconds deadline);

    /// Takes a connection to the keeper of one that runs.
    void join(base::Fd connection, std::chrono::milliseconds deadline);

    /// The process of somebody who is attached.
    [[nodiscard]] Process take_part(const Attachment& what, const Streams& theirs) const;

    base::Owner owner;
    std::string name;
    std::string guard;
    Streams streams;  ///< of the command
    bool has_terminal;
    std::vector<PublishedPort> ports{};     ///< as they are listened at
    bool boots_units = true;                ///< as far as this side knows
    bool kept = false;                      ///< a keeper has its channel: it outlives this instance
    bool ends_with_channel;                 ///< init learns that the channel was closed
    std::atomic<bool> destroyed = false;    ///< libvirt has been asked to, and has done it
    base::Fd lease;                         ///< of an undertaker, where libvirt does not end it with its connection
    std::unique_ptr<virt::Domain> domain;   ///< empty only until it is started
    std::shared_ptr<console::Relay> relay;  ///< empty only until there is a channel; its processes have it as well
    std::optional<Process> command;         ///< likewise
};

}  // namespace sandgraft
