// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "keeper/flow.hpp"
#include "wire/link.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sandgraft::keeper {

/// The input of the sandbox's own command, which one client at a time has. Each starts with the credit of a new stream,
/// whatever the guest has left of the one before: so up to one window waits here.
class CommandInput {
public:
    explicit CommandInput(wire::Link& guest) : guest_(guest) {}

    /// The guest listens from now on.
    void open();

    /// Why nobody can have it now; null: somebody can.
    [[nodiscard]] const char* taken() const;

    /// It is a client's from now on, until release(). The client is told when the input has ended already.
    void hold(wire::Link& client, std::uint16_t number);

    /// It stays open for the next one.
    void release() { client_ = nullptr; }

    // From the client. Each throws Error protocol when it misbehaves.
    void take(std::string_view bytes);
    void end();

    // From the guest, likewise: it has taken so many bytes, or can take no more.
    void grant(std::uint32_t bytes);
    void refuse();

private:
    [[nodiscard]] bool over() const { return ended_ || refused_; }
    void flush();
    void grant_client();

    wire::Link& guest_;
    wire::Link* client_ = nullptr;
    std::uint16_t number_ = 0;
    Flow to_guest_;
    Flow from_client_;
    std::string waiting_;
    bool open_ = false;
    bool ended_ = false;    ///< by a client
    bool refused_ = false;  ///< by the guest
};

}  // namespace sandgraft::keeper
