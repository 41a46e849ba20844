// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "command.hpp"

#include <sandgraft/host.hpp>

#include <string>

namespace cli {

/// What the options of run and xml describe.
struct Request {
    bool help = false;
    std::string uri;
    sandgraft::Channel channel = sandgraft::Channel::automatic;
    sandgraft::Sandbox sandbox;
    std::string memory;  ///< its limit as it was given; empty: none was
};

/// @throws UsageError, and sandgraft::Error where an option's value is read by the library.
Request parse_request(const Arguments& arguments);

/// The options as --help lists them.
std::string describe_options();

}  // namespace cli
