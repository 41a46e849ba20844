// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/pump.hpp"

namespace sandgraft::console {

/// A sink that writes to a descriptor of this process without blocking, and without changing the mode of a file
/// description that other processes share.
wire::Sink make_sink(int fd, std::uint16_t process, wire::Stream stream);

/// A source of a process's input that reads a descriptor of this process, which stays open when the source ends.
wire::Source make_source(int fd, std::uint16_t process);

/// Whether a descriptor is a FIFO that is empty and that nobody has open for writing. Of one that had no writer since
/// it was opened poll(2) says nothing, while a read tells its end.
bool is_deserted_fifo(int fd);

}  // namespace sandgraft::console
