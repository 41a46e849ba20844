// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/exec_spec.hpp"

namespace sandgraft::guest {

namespace {

User user_of(const wire::ExecConfig& process, bool has_host_users) {
    wire::GuestConfig config;
    config.user = process.user;
    config.asked_host = has_host_users && process.asked_host;
    if (config.asked_host) {
        config.accounts = process.accounts;
        config.gids = process.gids;
    }
    return find_user(config);
}

}  // namespace

ProcessSpec exec_spec(const ProcessSpec& command, const wire::ExecConfig& config) {
    ProcessSpec spec = command;
    if (!config.user.empty()) spec.user = user_of(config, command.has_host_users);
    const bool is_same = spec.user.uid == command.user.uid;
    if (is_same) spec.user.runtime_directory = command.user.runtime_directory;
    if (!is_same && spec.user.uid != 0) spec.capabilities = 0;
    if (!config.directory.empty()) spec.directory = config.directory;
    spec.argv = config.argv;
    spec.environment.insert(spec.environment.end(), config.environment.begin(), config.environment.end());
    return spec;
}

}  // namespace sandgraft::guest
