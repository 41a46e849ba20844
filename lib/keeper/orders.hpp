// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "keeper/client.hpp"
#include "keeper/guest.hpp"

#include <cstddef>
#include <cstdint>

namespace sandgraft::keeper {

/// What clients want, done. Whoever asks for what there cannot be is told so under its own number; whoever breaks the
/// protocol has an Error protocol thrown, and is to be let go.
class Orders {
public:
    explicit Orders(Guest& guest) : guest_(guest) {}

    /// Reads the client's connection once, and does what came.
    /// @return false when it has ended.
    bool read(Client& client);

    /// Takes back what a client has that goes away.
    void leave(Client& client);

    /// Takes back what has ended by itself.
    void sweep(Client& client);

private:
    void dispatch(Client& client, const wire::Frame& frame);
    void greet(Client& client, const wire::Frame& frame);
    void configure(Client& client, const wire::Frame& frame);
    void dispatch_command(const wire::Frame& frame);
    void open(Client& client, const wire::Frame& frame);
    void attach(Client& client, const wire::Frame& frame);
    void assemble(Client& client, const wire::Frame& frame, Assembling& exec);
    void pass(Attachment& attachment, const wire::Frame& frame);
    void take_input(const Attachment& attachment, const wire::Frame& frame);
    void end_stream(Attachment& attachment, wire::Stream stream);
    void detach(const Attachment& attachment);

    Guest& guest_;
    wire::ConfigReceiver sandbox_;  ///< what the starter says of it
    bool is_configured_ = false;
    std::size_t assembling_ = 0;  ///< bytes of execs that have not come whole
};

}  // namespace sandgraft::keeper
