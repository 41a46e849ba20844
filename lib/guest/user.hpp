// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/guest_config.hpp"

#include <sys/types.h>
#include <string>
#include <string_view>

namespace sandgraft::guest {

/// Who runs the command.
struct User {
    uid_t uid = 0;
    gid_t gid = 0;
    std::string name;  ///< empty when the user database does not know the uid
    std::string home = "/";
    std::string shell = "/bin/sh";
    std::string runtime_directory{};  ///< empty when there is none
};

/// Finds the user of a configuration, in the texts of a passwd(5) and a group(5) file, then in what the host told. A
/// number needs no entry.
/// @throws Error not_found for an unknown name.
User find_user(const wire::GuestConfig& config, std::string_view passwd, std::string_view group);

/// The same in the files of the sandbox.
User find_user(const wire::GuestConfig& config);

}  // namespace sandgraft::guest
