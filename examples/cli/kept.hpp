// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "command.hpp"

#include <sandgraft/host.hpp>

#include <functional>
#include <span>
#include <string>

namespace cli {

/// The words of a command about sandboxes that libvirt has.
struct KeptRequest {
    bool help = false;
    std::string uri;
    Arguments flags;  ///< the long names of the switches that are given
    Arguments names;

    [[nodiscard]] bool has(std::string_view flag) const;
    [[nodiscard]] sandgraft::Host open() const { return sandgraft::Host::open({.uri = uri}); }
};

/// A switch of such a command.
struct Flag {
    const char* name;  ///< with its letter, as Boost has it
    const char* help;
};

/// What such a command takes, and how it is explained.
struct KeptUsage {
    const char* usage;  ///< "show NAME"
    const char* text;   ///< what it does
    const char* examples;
    std::span<const Flag> flags;
    std::size_t least, most;  ///< how many names
};

/// Runs a command with its words, or prints its help.
int run_kept(const KeptUsage& usage, const Arguments& arguments, int (*run)(const KeptRequest& request));

/// Does something with the sandbox of that name; when there is none, the error tells of one with a name like it.
void with_sandbox(const sandgraft::Host& host, const std::string& name, const std::function<void()>& action);

/// Words as a shell takes them.
std::string shell_words(const Arguments& words);

/// What runs in a sandbox, as words.
Arguments payload_words(const sandgraft::Payload& payload);

}  // namespace cli
