// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "keeper/attachment.hpp"
#include "wire/config_transfer.hpp"
#include "wire/link.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <variant>

namespace sandgraft::keeper {

/// What a number of a client's stands for.
struct Refused {};  ///< an exec, until all of it has come
struct Assembling {
    wire::ConfigReceiver config{};  ///< of an exec that has not come whole
    std::size_t counted = 0;        ///< bytes of it
};
using Guests = std::uint16_t;  ///< a process, by the number that the guest knows it by
using Use = std::variant<Refused, Assembling, Guests, Attachment*>;

/// Somebody who is connected to the keeper.
struct Client {
    Client(base::Fd socket, bool starter) : link(std::move(socket)), is_starter(starter) {}

    wire::Link link;
    bool is_starter;          ///< the one who says what the sandbox shall run
    bool is_greeted = false;  ///< its hello has come
    bool is_held = false;     ///< is not read, until the guest has taken what it sent before

    // What it has been told.
    bool knows_setup = false;
    bool knows_start = false;
    bool knows_end = false;  ///< nothing follows

    std::map<std::uint16_t, Use> numbers{};
};

}  // namespace sandgraft::keeper
