// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/environment.hpp"

#include <map>

namespace sandgraft::guest {

namespace {

constexpr const char* default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

}  // namespace

std::vector<std::string> environment_of(const std::vector<std::string>& described, const User& user, bool terminal) {
    std::map<std::string, std::string> variables = {
        {"PATH", default_path}, {"HOME", user.home}, {"SHELL", user.shell}, {"container", "sandgraft"}};
    if (!user.name.empty()) variables.insert({{"USER", user.name}, {"LOGNAME", user.name}});
    if (!user.runtime_directory.empty()) variables["XDG_RUNTIME_DIR"] = user.runtime_directory;
    if (terminal) variables["TERM"] = "linux";
    for (const auto& entry : described) {
        const auto equals = entry.find('=');
        variables[entry.substr(0, equals)] = equals == std::string::npos ? "" : entry.substr(equals + 1);
    }
    std::vector<std::string> out;
    for (const auto& [name, value] : variables) out.push_back(name + "=" + value);
    return out;
}

}  // namespace sandgraft::guest
