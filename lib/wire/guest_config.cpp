// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/guest_config.hpp"

#include "base/id.hpp"
#include "wire/fields.hpp"

#include <algorithm>
#include <optional>

namespace sandgraft::wire {

namespace {

using Mount = GuestConfig::Mount;

/// Each in base64 and ended by a colon.
void put_strings(std::string& out, const std::vector<std::string>& strings) {
    for (const auto& string : strings) {
        base::append_base64(out, string);
        out += ':';
    }
}

template <class Value>
concept Letter = std::is_enum_v<Value> && sizeof(Value) == 1;

bool get_id(std::string_view text, std::uint32_t& id) {
    const auto number = base::parse_id(text);
    id = number.value_or(0);
    return number.has_value();
}

bool get_mode(std::string_view text, Mount& mount) {
    const auto parts = base::split(text, ':');
    const auto bits = base::parse_octal(parts[0]);
    mount.mode = bits.value_or(0);
    if (!bits || mount.mode > 07777) return false;
    return parts.size() == 1 || (parts.size() == 3 && get_id(parts[1], mount.uid) && get_id(parts[2], mount.gid));
}

/// It leads nowhere else.
bool is_unit_path(std::string_view path) {
    const auto parts = base::split(path, '/');
    return parts.size() <= 2 && std::none_of(parts.begin(), parts.end(), [](std::string_view part) {
               return part.empty() || part == "." || part == "..";
           });
}

bool get_strings(std::string_view text, std::vector<std::string>& strings) {
    while (!text.empty()) {
        const auto end = text.find(':');
        if (end == std::string_view::npos) return false;
        auto bytes = base::parse_base64(text.substr(0, end));
        if (!bytes) return false;
        strings.push_back(std::move(*bytes));
        text.remove_prefix(end + 1);
    }
    return true;
}

}  // namespace

static void put(std::string& out, Letter auto value) { out += static_cast<char>(value); }

/// UID,GID,STRINGS
void put(std::string& out, const Account& account) {
    put(out, account.uid);
    out += ',';
    put(out, account.gid);
    out += ',';
    put_strings(out, {account.name, account.home, account.shell});
}

/// RESOURCE,SOFT,HARD,NAME
static void put(std::string& out, const GuestConfig::Limit& limit) {
    put(out, limit.resource);
    out += ',';
    put(out, limit.soft);
    out += ',';
    put(out, limit.hard);
    out += ',';
    put(out, limit.name);
}

/// MODE, of what is not root's MODE:UID:GID: an init that does not know of owners refuses it.
static void put_mode(std::string& out, const Mount& mount) {
    out += base::format_octal(mount.mode);
    if (mount.uid == 0 && mount.gid == 0) return;
    out += ':';
    put(out, mount.uid);
    out += ':';
    put(out, mount.gid);
}

/// ACTION,NEEDS,ro|rw,suid|,dev|,memory|,MODE,STRINGS,TARGET: only the last may hold a comma.
static void put(std::string& out, const Mount& mount) {
    put(out, mount.action);
    out += ',';
    put(out, mount.needs);
    out += mount.read_only ? ",ro," : ",rw,";
    out += mount.suid ? "suid," : ",";
    out += mount.dev ? "dev," : ",";
    out += mount.in_memory ? "memory," : ",";
    put_mode(out, mount);
    out += ',';
    put_strings(out, mount.strings);
    out += ',';
    base::append_percent(out, mount.target);
}

/// file|link,CONTENT,PATH
static void put(std::string& out, const GuestConfig::UnitFile& unit) {
    out += unit.link ? "link," : "file,";
    base::append_base64(out, unit.content);
    out += ',';
    put(out, unit.path);
}

static void put(std::string& out, const GuestConfig::System& system) { out += system.alone ? "alone" : "before"; }

static bool get(std::string_view text, Letter auto& value) {
    if (text.size() != 1) return false;
    value = std::remove_cvref_t<decltype(value)>{text[0]};
    return is_known(value);
}

bool get(std::string_view text, Account& account) {
    std::array<std::string_view, 2> head;
    std::vector<std::string> strings;
    if (!take_parts(text, head) || !get_id(head[0], account.uid) || !get_id(head[1], account.gid)) return false;
    if (!get_strings(text, strings) || strings.size() != 3) return false;
    account.name = std::move(strings[0]);
    account.home = std::move(strings[1]);
    account.shell = std::move(strings[2]);
    return true;
}

static bool get(std::string_view text, GuestConfig::Limit& limit) {
    std::array<std::string_view, 3> head;
    return take_parts(text, head) && get(head[0], limit.resource) && get(head[1], limit.soft) &&
           get(head[2], limit.hard) && get(text, limit.name);
}

static bool get(std::string_view text, Mount& mount) {
    std::array<std::string_view, 8> head;
    if (!take_parts(text, head)) return false;
    const auto [action, needs, access, suid, dev, storage, mode, strings] = head;
    return get(action, mount.action) && get(needs, mount.needs) && get(access, mount.read_only, "ro", "rw") &&
           get(suid, mount.suid, "suid", "") && get(dev, mount.dev, "dev", "") &&
           get(storage, mount.in_memory, "memory", "") && get_mode(mode, mount) &&
           get_strings(strings, mount.strings) && get(text, mount.target) && mount.target.starts_with('/');
}

static bool get(std::string_view text, GuestConfig::UnitFile& unit) {
    std::array<std::string_view, 2> head;
    if (!take_parts(text, head)) return false;
    auto content = base::parse_base64(head[1]);
    if (!content || !get(head[0], unit.link, "link", "file")) return false;
    unit.content = std::move(*content);
    return get(text, unit.path) && is_unit_path(unit.path);
}

static bool get(std::string_view text, GuestConfig::System& system) {
    return get(text, system.alone, "alone", "before");
}

namespace {

template <auto member>
constexpr Field<GuestConfig> row(std::string_view key) {
    return field<GuestConfig, member>(key);
}

constexpr FieldTable table("guest configuration", std::array{
                                                      row<&GuestConfig::user>("user"),
                                                      row<&GuestConfig::asked_host>("?asked-host"),
                                                      row<&GuestConfig::accounts>("?account"),
                                                      row<&GuestConfig::gids>("?gid"),
                                                      row<&GuestConfig::capabilities>("capabilities"),
                                                      row<&GuestConfig::no_new_privs>("no-new-privs"),
                                                      row<&GuestConfig::read_only_sys>("read-only-sys"),
                                                      row<&GuestConfig::oom_score>("oom-score"),
                                                      row<&GuestConfig::scratch_bytes>("scratch"),
                                                      row<&GuestConfig::processes>("processes"),
                                                      row<&GuestConfig::limits>("limit"),
                                                      row<&GuestConfig::terminal>("terminal"),
                                                      row<&GuestConfig::directory>("directory"),
                                                      row<&GuestConfig::argv>("arg"),
                                                      row<&GuestConfig::environment>("env"),
                                                      row<&GuestConfig::mounts>("mount"),
                                                      row<&GuestConfig::system>("system"),
                                                      row<&GuestConfig::units>("unit"),
                                                  });

}  // namespace

std::string encode(const GuestConfig& config) { return table.encode(config); }

GuestConfig decode_guest_config(std::string_view text) {
    auto config = table.decode(text);
    if (config.argv.empty()) table.fail("there is no command");
    return config;
}

}  // namespace sandgraft::wire
