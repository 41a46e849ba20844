// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"
#include "support/peer.hpp"
#include "support/sigpipe.hpp"
#include "wire/link.hpp"

#include <fcntl.h>
#include <array>
#include <utility>

namespace sandgraft::test {

/// A link and the peer at its other end.
struct Channel {
    Channel() : Channel(base::make_socket_pair()) {}
    explicit Channel(std::array<base::Fd, 2> pair) : link(std::move(pair[0])), peer(std::move(pair[1])) {}

    IgnoreSigpipe ignored;
    wire::Link link;
    Peer peer;
};

struct Pipe {
    Pipe() : Pipe(base::make_pipe()) {}
    explicit Pipe(std::array<base::Fd, 2> ends) : read(std::move(ends[0])), write(std::move(ends[1])) {}

    base::Fd read;
    base::Fd write;
};

inline base::Fd open_file(const char* path, int flags) { return base::checked(::open(path, flags | O_CLOEXEC), path); }

}  // namespace sandgraft::test
