// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <string>

namespace cli {

/// Reads "SOURCE:TARGET[:ro]", a bind mount as docker's --volume has it.
sandgraft::Mount parse_volume(const std::string& text);

/// A path as the caller's shell would take it: a relative one from the current directory.
std::string path_from_here(const std::string& text);

/// Where the command starts: a relative directory is the caller's, wherever the mounts show it.
/// @throws UsageError when none of them does.
std::string working_directory(const std::string& text, const std::vector<sandgraft::Mount>& mounts);

/// "@PATH" as the "UID:GID" that PATH belongs to; anything else as it is.
std::string resolve_user(const std::string& text);

/// Why root inside will not be able to write where the caller, who is root, may expect it; empty: nothing is seen.
std::string root_hint(const sandgraft::Sandbox& sandbox);

}  // namespace cli
