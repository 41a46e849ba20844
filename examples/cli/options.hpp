// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "command.hpp"

#include <sandgraft/host.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace cli {

/// What the options are read for: a sandbox that is started now, one that is kept, or only the document of one.
enum class Use { run, create, xml };

/// What the options of run, xml and create describe.
struct Request {
    bool help = false;
    std::string uri;
    sandgraft::Channel channel = sandgraft::Channel::automatic;
    sandgraft::Sandbox sandbox;
    std::string memory;  ///< its limit as it was given; empty: none was
    std::optional<std::chrono::milliseconds> timeout;
    bool detach = false;                                           ///< the sandbox goes on
    sandgraft::Readiness readiness = sandgraft::Readiness::ready;  ///< of its units by then
    std::string json;  ///< the file for one line about the end; "-": standard error, empty: none
    bool on_boot = false;
};

/// @param use  run or xml.
/// @throws UsageError, and sandgraft::Error where an option's value is read by the library.
Request parse_request(const Arguments& arguments, Use use);

/// Likewise, with the name as the first word that is no option.
Request parse_create(const Arguments& arguments);

/// The options as --help lists them.
std::string describe_options(Use use);

/// The value of the option for a sandbox's memory; empty: it has all.
std::string memory_option(const sandgraft::Sandbox& sandbox);

/// Takes "NAME=VALUE", or "NAME" with the value that this program has of it, if any.
void set_environment(const Arguments& settings, std::map<std::string, std::string>& environment);

/// Whether a command has a terminal unless it is said otherwise: input and output are one.
bool is_at_terminal();

/// Whether options say all of this sandbox: there are none for changes of units.
bool has_options(const sandgraft::Sandbox& sandbox);

/// Those of create that describe this sandbox, as parse_create() reads them: the name, the options, the command.
/// @throws sandgraft::Error unsupported unless has_options().
Arguments to_options(const sandgraft::Sandbox& sandbox);

}  // namespace cli
