// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "command.hpp"

#include <sandgraft/host.hpp>

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace cli {

/// The words of a command about sandboxes that libvirt has.
struct KeptRequest {
    bool help = false;
    std::string uri;
    std::map<std::string, Arguments> flags;  ///< the values of those that are given, by their long names
    Arguments names;
    Arguments command;

    [[nodiscard]] bool has(const std::string& flag) const { return flags.count(flag) != 0; }

    /// All that are given, and the last one.
    [[nodiscard]] Arguments values(const std::string& flag) const;
    [[nodiscard]] std::string value(const std::string& flag, const std::string& otherwise = {}) const;

    [[nodiscard]] sandgraft::Host open() const { return sandgraft::Host::open({.uri = uri}); }
};

/// An option of such a command.
struct Flag {
    const char* name;  ///< with its letter, as Boost has it
    const char* help;
    const char* value = nullptr;  ///< the value's name in the help; null: a switch
};

/// What such a command takes, and how it is explained.
struct KeptUsage {
    const char* usage;  ///< "show NAME"
    const char* text;   ///< what it does
    const char* examples;
    std::span<const Flag> flags;
    std::size_t least, most;  ///< how many names
    bool command = false;     ///< the words behind the only name are a command, or options before it
};

/// Runs a command with its words, or prints its help.
int run_kept(const KeptUsage& usage, const Arguments& arguments, int (*run)(const KeptRequest& request));

/// Does something with the sandbox of that name; when there is none, the error tells of one with a name like it.
void with_sandbox(const sandgraft::Host& host, const std::string& name, const std::function<void()>& action);

/// Words as a shell takes them.
std::string shell_words(const Arguments& words);

/// Published ports as JSON, each as its option has it.
std::string ports_json(const std::vector<sandgraft::PublishedPort>& ports);

/// What runs in a sandbox, as words.
Arguments payload_words(const sandgraft::Payload& payload);

}  // namespace cli
