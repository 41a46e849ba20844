// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/file.hpp"
#include "base/overload.hpp"
#include "base/text.hpp"
#include "model/checks.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/mount.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace sandgraft {

namespace {

using base::quote;
using model::fail;

enum Key : std::size_t { type, source, target, readonly, size, content, mode, key_count };

/// The values of one option string by key.
using Given = std::array<std::optional<std::string>, key_count>;

struct KeyName {
    std::string_view name;
    Key key;
};

/// The first name of a key is the one that to_option() writes and messages use.
constexpr std::array key_names = {
    KeyName{"type", type},  KeyName{"source", source},      KeyName{"src", source},        KeyName{"target", target},
    KeyName{"dst", target}, KeyName{"destination", target}, KeyName{"readonly", readonly}, KeyName{"ro", readonly},
    KeyName{"size", size},  KeyName{"content", content},    KeyName{"mode", mode},
};

std::string name_of(Key key) {
    return std::string(std::find_if(key_names.begin(), key_names.end(), [&](auto& k) { return k.key == key; })->name);
}

using Source = decltype(Mount::source);

Source make_ram(const Given& given) {
    Ram ram;
    if (!given[size]) return ram;
    const auto bytes = base::parse_size(*given[size]);
    if (!bytes) fail("size " + quote(*given[size]) + " is not a number with an optional suffix K, M, G or T");
    ram.bytes = *bytes;
    return ram;
}

std::uint32_t parse_mode(const std::string& text) {
    std::uint32_t value = 0;
    const auto end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value, 8);
    if (result.ec != std::errc{} || result.ptr != end || value > 0777)
        fail("mode " + quote(text) + " is not an octal number up to 777");
    return value;
}

Source make_file(const Given& given) {
    if (given[source] && given[content]) fail("a file has either a source or a content");
    File file;
    if (given[mode]) file.mode = parse_mode(*given[mode]);
    if (given[content]) file.content = *given[content];
    if (given[source]) {
        model::check_no_nul("source", *given[source]);
        file.content = base::read_file(*given[source], model::most_file_bytes);
    }
    return file;
}

/// What an option string of one type may hold besides type, target and readonly, and what it becomes.
struct Type {
    std::string_view name;
    std::vector<Key> required;
    std::vector<Key> optional;
    Source (*make)(const Given& given);
};

/// In the order of the alternatives of Mount::source.
const std::vector<Type>& types() {
    static const std::vector<Type> table = {
        {"bind", {source}, {}, [](const Given& given) -> Source { return HostBind{*given[source]}; }},
        {"guest-bind", {source}, {}, [](const Given& given) -> Source { return GuestBind{*given[source]}; }},
        {"ram", {}, {size}, make_ram},
        {"file", {}, {source, content, mode}, make_file},
        {"mask", {}, {}, [](const Given&) -> Source { return Mask{}; }},
    };
    return table;
}

const Type& find_type(const Given& given) {
    if (!given[type]) fail("it has no type");
    const std::string_view name = *given[type] == "tmpfs" ? std::string_view("ram") : *given[type];
    const auto found = std::find_if(types().begin(), types().end(), [&](const Type& t) { return t.name == name; });
    if (found != types().end()) return *found;
    std::string known;
    for (const auto& known_type : types()) known.append(known.empty() ? "" : ", ").append(known_type.name);
    fail("type " + quote(name) + " is not one of " + known);
}

/// Takes the next field of a CSV line (RFC 4180) off the text: either up to a comma, or between double quotes, in
/// which two stand for one.
std::string take_field(std::string_view& text) {
    std::string field;
    if (!text.starts_with('"')) {
        field = text.substr(0, text.find(','));
        if (field.find('"') != std::string::npos) fail("a double quote in the middle of " + quote(field));
        text.remove_prefix(field.size());
    } else {
        text.remove_prefix(1);
        for (;;) {
            const auto end = text.find('"');
            if (end == std::string_view::npos)
                fail("the double quote before " + quote(field.append(text)) + " is not closed");
            field += text.substr(0, end);
            text.remove_prefix(end + 1);
            if (!text.starts_with('"')) break;
            field += '"';
            text.remove_prefix(1);
        }
        if (!text.empty() && text[0] != ',') fail("there is " + quote(text) + " behind a closing double quote");
    }
    return field;
}

void check_flag(const std::string& text) {
    if (text != "true" && text != "false") fail("readonly is true or false, not " + quote(text));
}

void add_field(Given& given, const std::string& field) {
    const auto equals = field.find('=');
    const auto name = std::string_view(field).substr(0, equals);
    const auto known =
        std::find_if(key_names.begin(), key_names.end(), [&](const KeyName& k) { return k.name == name; });
    if (known == key_names.end()) fail("unknown key " + quote(name));
    const Key key = known->key;
    if (given[key]) fail("key " + quote(name) + " is given twice");
    if (equals == std::string::npos && key != readonly) fail("key " + quote(name) + " has no value");
    std::string value = equals == std::string::npos ? "true" : field.substr(equals + 1);
    if (value.empty() && key != content) fail("key " + quote(name) + " has an empty value");
    if (key == readonly) check_flag(value);
    given[key] = std::move(value);
}

Given parse_fields(std::string_view text) {
    Given given;
    for (;;) {
        add_field(given, take_field(text));
        if (text.empty()) return given;
        text.remove_prefix(1);
    }
}

void check_keys(const Given& given, const Type& found) {
    const auto has = [](const std::vector<Key>& keys, Key key) {
        return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    for (std::size_t i = 0; i < key_count; ++i) {
        const auto key = static_cast<Key>(i);
        const bool required = key == type || key == target || has(found.required, key);
        if (required && !given[key]) fail("type " + quote(found.name) + " needs a " + name_of(key));
        if (given[key] && !required && key != readonly && !has(found.optional, key))
            fail("type " + quote(found.name) + " has no key " + quote(name_of(key)));
    }
}

Mount make_mount(std::string_view option) {
    const Given given = parse_fields(option);
    const Type& found = find_type(given);
    check_keys(given, found);
    Mount mount{.target = *given[target], .source = found.make(given), .read_only = given[readonly] == "true"};
    model::check_mount(mount);
    return mount;
}

/// Appends KEY=VALUE behind a comma, quoted when CSV needs it.
void put(std::string& out, Key key, std::string_view value) {
    out += ',';
    const std::string field = name_of(key).append("=").append(value);
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
        out += field;
        return;
    }
    out += '"';
    for (const char c : field) out.append(c == '"' ? 2 : 1, c);
    out += '"';
}

/// A number that parse_size() reads, with the largest suffix that loses nothing.
std::string format_size(std::uint64_t bytes) {
    constexpr std::string_view suffixes = "KMGT";
    std::string_view suffix;
    for (std::size_t i = 0; i < suffixes.size() && bytes != 0 && bytes % 1024 == 0; ++i) {
        bytes /= 1024;
        suffix = suffixes.substr(i, 1);
    }
    return std::to_string(bytes).append(suffix);
}

std::string format_mode(std::uint32_t value) {
    std::array<char, 16> digits{};
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value, 8).ptr};
}

}  // namespace

Mount parse_mount(std::string_view option) {
    try {
        return make_mount(option);
    } catch (const Error& error) {
        throw error.within("mount option " + quote(option));
    }
}

std::string to_option(const Mount& mount) {
    std::string out = "type=" + std::string(types()[mount.source.index()].name);
    const auto put_source = [&](const auto& bind) { put(out, source, bind.path); };
    std::visit(base::Overload{
                   [&](const HostBind& bind) { put_source(bind); },
                   [&](const GuestBind& bind) { put_source(bind); },
                   [&](const Ram& ram) { put(out, size, format_size(ram.bytes)); },
                   [&](const File& file) {
                       put(out, content, file.content);
                       put(out, mode, format_mode(file.mode));
                   },
                   [](const Mask&) {},
               },
               mount.source);
    put(out, target, mount.target);
    return mount.read_only ? out + ",readonly" : out;
}

}  // namespace sandgraft
