// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/user_database.hpp"

#include "base/id.hpp"

#include <grp.h>
#include <pwd.h>
#include <cerrno>

namespace sandgraft::session {

namespace {

constexpr std::size_t first_buffer = 4096;
constexpr std::size_t largest_buffer = 16 * 1024 * 1024;  // a group with all people of an enterprise

/// Gives what a function such as getpwnam_r(3) finds to `take`; what cannot be asked has no answer.
template <class Entry, class Ask, class Take>
void find(Ask ask, Take take) {
    Entry entry{};
    Entry* found = nullptr;
    std::string buffer(first_buffer, '\0');
    while (ask(&entry, buffer.data(), buffer.size(), &found) == ERANGE && buffer.size() < largest_buffer)
        buffer.resize(2 * buffer.size());
    if (found != nullptr) take(*found);
}

void find_user(const std::string& name_or_uid, std::vector<wire::Account>& accounts) {
    const auto uid = base::parse_id(name_or_uid);
    find<passwd>(
        [&](auto... rest) { return uid ? ::getpwuid_r(*uid, rest...) : ::getpwnam_r(name_or_uid.c_str(), rest...); },
        [&](const passwd& entry) {
            accounts.push_back({entry.pw_uid, entry.pw_gid, entry.pw_name, entry.pw_dir, entry.pw_shell});
        });
}

void find_group(const std::string& name, std::vector<std::uint32_t>& gids) {
    find<group>([&](auto... rest) { return ::getgrnam_r(name.c_str(), rest...); },
                [&](const group& entry) { gids.push_back(entry.gr_gid); });
}

}  // namespace

UserAnswers find_in_user_database(const std::string& user) {
    const auto colon = user.find(':');
    UserAnswers answers;
    find_user(user.substr(0, colon), answers.accounts);
    if (colon == std::string::npos) return answers;
    if (const auto group = user.substr(colon + 1); !base::parse_id(group)) find_group(group, answers.gids);
    return answers;
}

}  // namespace sandgraft::session
