// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "wire/guest_config.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sandgraft::session {

/// At most one of each.
struct UserAnswers {
    std::vector<wire::Account> accounts{};
    std::vector<std::uint32_t> gids{};
};

/// Asks this machine's user database, with all that nsswitch.conf(5) names, for USER or USER:GROUP. Init cannot: it is
/// linked statically, and a directory service is not to be reached from inside.
UserAnswers find_in_user_database(const std::string& user);

/// Adds the answers to the configuration of the sandbox or of a later process.
void ask_user_database(auto& config) {
    auto [accounts, gids] = find_in_user_database(config.user);
    config.asked_host = true;
    config.accounts = std::move(accounts);
    config.gids = std::move(gids);
}

}  // namespace sandgraft::session
