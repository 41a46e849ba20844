// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/guest_config.hpp"

#include "base/encoding.hpp"
#include "base/list.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <limits>
#include <optional>
#include <type_traits>

namespace sandgraft::wire {

namespace {

using Mount = GuestConfig::Mount;

/// The key of a field that an init which does not know it may ignore starts with this.
constexpr char ignorable = '?';

void put(std::string& out, bool value) { out += value ? '1' : '0'; }

void put(std::string& out, std::unsigned_integral auto value) { out += std::to_string(value); }

void put(std::string& out, const std::string& value) { base::append_percent(out, value); }

template <class Value>
concept Letter = std::is_enum_v<Value> && sizeof(Value) == 1;

void put(std::string& out, Letter auto value) { out += static_cast<char>(value); }

/// Each in base64 and ended by a colon.
void put_strings(std::string& out, const std::vector<std::string>& strings) {
    for (const auto& string : strings) {
        base::append_base64(out, string);
        out += ':';
    }
}

/// UID,GID,STRINGS
void put(std::string& out, const GuestConfig::Account& account) {
    put(out, account.uid);
    out += ',';
    put(out, account.gid);
    out += ',';
    put_strings(out, {account.name, account.home, account.shell});
}

/// RESOURCE,SOFT,HARD,NAME
void put(std::string& out, const GuestConfig::Limit& limit) {
    put(out, limit.resource);
    out += ',';
    put(out, limit.soft);
    out += ',';
    put(out, limit.hard);
    out += ',';
    put(out, limit.name);
}

/// ACTION,NEEDS,ro|rw,suid|,dev|,memory|,MODE,STRINGS,TARGET: only the last may hold a comma.
void put(std::string& out, const Mount& mount) {
    put(out, mount.action);
    out += ',';
    put(out, mount.needs);
    out += mount.read_only ? ",ro," : ",rw,";
    out += mount.suid ? "suid," : ",";
    out += mount.dev ? "dev," : ",";
    out += mount.in_memory ? "memory," : ",";
    out += base::format_octal(mount.mode);
    out += ',';
    put_strings(out, mount.strings);
    out += ',';
    base::append_percent(out, mount.target);
}

/// One of the two words, which stand for true and false.
bool get(std::string_view text, bool& value, std::string_view yes, std::string_view no) {
    value = text == yes;
    return value || text == no;
}

bool get(std::string_view text, bool& value) { return get(text, value, "1", "0"); }

bool get(std::string_view text, std::unsigned_integral auto& value) {
    const auto number = base::parse_u64(text);
    value = static_cast<std::remove_cvref_t<decltype(value)>>(number.value_or(0));
    return number && value == *number;
}

bool get(std::string_view text, std::string& value) {
    auto plain = base::parse_percent(text);
    if (!plain || plain->find('\0') != std::string::npos) return false;
    value = std::move(*plain);
    return true;
}

bool get(std::string_view text, Letter auto& value) {
    if (text.size() != 1) return false;
    value = std::remove_cvref_t<decltype(value)>{text[0]};
    return is_known(value);
}

bool get_mode(std::string_view text, std::uint32_t& mode) {
    const auto bits = base::parse_octal(text);
    mode = bits.value_or(0);
    return bits && mode <= 07777;
}

/// The highest number means "none" to the kernel.
bool get_id(std::string_view text, std::uint32_t& id) {
    return get(text, id) && id != std::numeric_limits<std::uint32_t>::max();
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

/// Takes the parts of a text that end with a comma.
template <std::size_t count>
bool take_parts(std::string_view& text, std::array<std::string_view, count>& parts) {
    for (auto& part : parts) {
        const auto comma = text.find(',');
        if (comma == std::string_view::npos) return false;
        part = text.substr(0, comma);
        text.remove_prefix(comma + 1);
    }
    return true;
}

bool get(std::string_view text, GuestConfig::Account& account) {
    std::array<std::string_view, 2> head;
    std::vector<std::string> strings;
    if (!take_parts(text, head) || !get_id(head[0], account.uid) || !get_id(head[1], account.gid)) return false;
    if (!get_strings(text, strings) || strings.size() != 3) return false;
    account.name = std::move(strings[0]);
    account.home = std::move(strings[1]);
    account.shell = std::move(strings[2]);
    return true;
}

bool get(std::string_view text, GuestConfig::Limit& limit) {
    std::array<std::string_view, 3> head;
    return take_parts(text, head) && get(head[0], limit.resource) && get(head[1], limit.soft) &&
           get(head[2], limit.hard) && get(text, limit.name);
}

bool get(std::string_view text, Mount& mount) {
    std::array<std::string_view, 8> head;
    if (!take_parts(text, head)) return false;
    const auto [action, needs, access, suid, dev, storage, mode, strings] = head;
    return get(action, mount.action) && get(needs, mount.needs) && get(access, mount.read_only, "ro", "rw") &&
           get(suid, mount.suid, "suid", "") && get(dev, mount.dev, "dev", "") &&
           get(storage, mount.in_memory, "memory", "") && get_mode(mode, mount.mode) &&
           get_strings(strings, mount.strings) && get(text, mount.target) && mount.target.starts_with('/');
}

/// How one member of GuestConfig travels: "KEY=VALUE", a list as one such field for each element.
struct Field {
    std::string_view key;
    bool list;
    void (*write)(std::string& out, std::string_view key, const GuestConfig& config);
    bool (*read)(std::string_view text, GuestConfig& config);
};

void put_field(std::string& out, std::string_view key, const auto& value) {
    out += key;
    out += '=';
    put(out, value);
    out += ';';
}

template <auto member>
constexpr Field field(std::string_view key) {
    using Value = std::remove_cvref_t<decltype(std::declval<GuestConfig>().*member)>;
    if constexpr (base::is_list<Value>)
        return {key, true,
                [](std::string& out, std::string_view name, const GuestConfig& config) {
                    for (const auto& value : config.*member) put_field(out, name, value);
                },
                [](std::string_view text, GuestConfig& config) { return get(text, (config.*member).emplace_back()); }};
    else
        return {key, false,
                [](std::string& out, std::string_view name, const GuestConfig& config) {
                    put_field(out, name, config.*member);
                },
                [](std::string_view text, GuestConfig& config) { return get(text, config.*member); }};
}

constexpr std::array fields = {
    field<&GuestConfig::user>("user"),
    field<&GuestConfig::asked_host>("?asked-host"),
    field<&GuestConfig::accounts>("?account"),
    field<&GuestConfig::gids>("?gid"),
    field<&GuestConfig::capabilities>("capabilities"),
    field<&GuestConfig::no_new_privs>("no-new-privs"),
    field<&GuestConfig::read_only_sys>("read-only-sys"),
    field<&GuestConfig::oom_score>("oom-score"),
    field<&GuestConfig::scratch_bytes>("scratch"),
    field<&GuestConfig::processes>("processes"),
    field<&GuestConfig::limits>("limit"),
    field<&GuestConfig::terminal>("terminal"),
    field<&GuestConfig::directory>("directory"),
    field<&GuestConfig::argv>("arg"),
    field<&GuestConfig::environment>("env"),
    field<&GuestConfig::mounts>("mount"),
};

[[noreturn]] void fail(const std::string& reason) { throw Error(ErrorCode::invalid, "guest configuration: " + reason); }

/// What may be ignored need not be told either.
bool is_required(const Field& field) { return !field.list && !field.key.starts_with(ignorable); }

std::string_view take_until(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const auto piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return piece;
}

void read_field(std::string_view text, GuestConfig& config, std::array<bool, fields.size()>& seen) {
    const auto key = take_until(text, '=');
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.key == key; });
    if (field == fields.end() && key.starts_with(ignorable)) return;
    if (field == fields.end()) fail("unknown field " + base::quote(key));
    auto& given = seen[static_cast<std::size_t>(field - fields.begin())];
    if (given && !field->list) fail("field " + base::quote(key) + " is given twice");
    given = true;
    if (!field->read(text, config)) fail("field " + base::quote(key) + " has the malformed value " + base::quote(text));
}

}  // namespace

std::string encode(const GuestConfig& config) {
    std::string out;
    for (const Field& field : fields) field.write(out, field.key, config);
    return out;
}

GuestConfig decode_guest_config(std::string_view text) {
    GuestConfig config;
    std::array<bool, fields.size()> seen{};
    while (!text.empty()) read_field(take_until(text, ';'), config, seen);
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (!seen[i] && is_required(fields[i])) fail("field " + base::quote(fields[i].key) + " is missing");
    if (config.argv.empty()) fail("there is no command");
    return config;
}

}  // namespace sandgraft::wire
