// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/user.hpp"

#include "base/file.hpp"
#include "base/id.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <optional>

namespace sandgraft::guest {

namespace {

using base::parse_id;
using Config = wire::GuestConfig;

constexpr std::size_t largest_database = 4 * 1024 * 1024;

std::string or_if_empty(std::string_view field, std::string_view otherwise) {
    return std::string(field.empty() ? otherwise : field);
}

std::optional<User> parse_entry(std::string_view line) {
    const auto fields = base::split(line, ':');
    if (fields.size() != 7) return std::nullopt;
    const auto uid = parse_id(fields[2]);
    const auto gid = parse_id(fields[3]);
    if (!uid || !gid || fields[0].empty()) return std::nullopt;
    return User{*uid, *gid, std::string(fields[0]), or_if_empty(fields[5], "/"), or_if_empty(fields[6], "/bin/sh")};
}

template <typename Predicate>
std::optional<User> find_entry(std::string_view passwd, Predicate matches) {
    for (const auto line : base::split(passwd, '\n'))
        if (auto user = parse_entry(line); user && matches(*user)) return user;
    return std::nullopt;
}

User user_of(const wire::Account& account) {
    return {account.uid, account.gid, account.name, or_if_empty(account.home, "/"),
            or_if_empty(account.shell, "/bin/sh")};
}

[[noreturn]] void fail(const Config& config, const std::string& file, const std::string& what) {
    throw Error(ErrorCode::not_found,
                config.asked_host ? "neither the sandbox's " + file + " nor the host's user database has a " + what
                                  : "the sandbox's " + file + " has no " + what);
}

User user_of(std::string_view name_or_uid, const Config& config, std::string_view passwd) {
    const auto uid = parse_id(name_or_uid);
    const auto user =
        find_entry(passwd, [&](const User& entry) { return uid ? entry.uid == *uid : entry.name == name_or_uid; });
    if (user) return *user;
    if (!config.accounts.empty()) return user_of(config.accounts.front());
    if (!uid) fail(config, "/etc/passwd", "user " + base::quote(name_or_uid));
    User nameless;
    nameless.uid = nameless.gid = *uid;
    return nameless;
}

gid_t group_of(std::string_view name_or_gid, const Config& config, std::string_view group) {
    if (const auto gid = parse_id(name_or_gid)) return *gid;
    for (const auto line : base::split(group, '\n')) {
        const auto fields = base::split(line, ':');
        if (fields.size() != 4 || fields[0].empty() || fields[0] != name_or_gid) continue;
        if (const auto gid = parse_id(fields[2])) return *gid;
    }
    if (config.gids.empty()) fail(config, "/etc/group", "group " + base::quote(name_or_gid));
    return config.gids.front();
}

std::string read_database(const char* path) {
    try {
        return base::read_file(path, largest_database);
    } catch (const Error&) {
        return {};  // users and groups can still be named by number
    }
}

}  // namespace

User find_user(const wire::GuestConfig& config, std::string_view passwd, std::string_view group) {
    const std::string_view specification = config.user;
    const auto colon = specification.find(':');
    User user = user_of(specification.substr(0, colon), config, passwd);
    if (colon != std::string_view::npos) user.gid = group_of(specification.substr(colon + 1), config, group);
    return user;
}

User find_user(const wire::GuestConfig& config) {
    return find_user(config, read_database("/etc/passwd"), read_database("/etc/group"));
}

}  // namespace sandgraft::guest
