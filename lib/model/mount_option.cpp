// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/file.hpp"
#include "base/text.hpp"
#include "model/checks.hpp"
#include "model/mount_source.hpp"
#include "model/option.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/mount.hpp>

#include <algorithm>
#include <array>
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

using model::Source;

/// The option string that is being written.
class Fields {
public:
    void put(Key key, std::string_view value) { model::append_field(text_, name_of(key), value); }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

// One pair of functions for each source.

void get(const Given& given, HostBind& bind) { bind.path = *given[source]; }
void put(Fields& out, const HostBind& bind) { out.put(source, bind.path); }

void get(const Given& given, GuestBind& bind) { bind.path = *given[source]; }
void put(Fields& out, const GuestBind& bind) { out.put(source, bind.path); }

void get(const Given& given, Ram& ram) {
    if (!given[size]) return;
    const auto bytes = base::parse_size(*given[size]);
    if (!bytes) fail("size " + quote(*given[size]) + " is not a number with an optional suffix K, M, G or T");
    ram.bytes = *bytes;
}

void put(Fields& out, const Ram& ram) { out.put(size, base::format_size(ram.bytes)); }

std::uint32_t parse_mode(const std::string& text) {
    const auto value = base::parse_octal(text);
    if (!value || *value > 0777) fail("mode " + quote(text) + " is not an octal number up to 777");
    return *value;
}

void get(const Given& given, File& file) {
    if (given[source] && given[content]) fail("a file has either a source or a content");
    if (given[mode]) file.mode = parse_mode(*given[mode]);
    if (given[content]) file.content = *given[content];
    if (given[source]) {
        model::check_no_nul("source", *given[source]);
        file.content = base::read_file(*given[source], model::most_file_bytes);
    }
}

void put(Fields& out, const File& file) {
    out.put(content, file.content);
    out.put(mode, base::format_octal(file.mode));
}

void get(const Given&, Mask&) {}
void put(Fields&, const Mask&) {}

/// What an option string of one type may hold besides type, target and readonly, and what it becomes.
struct Type {
    std::size_t index;
    std::string_view name;
    unsigned required;
    unsigned optional;
    Source (*get)(const Given& given);
    void (*put)(Fields& out, const Source& source);
};

template <class Alternative>
constexpr Type type_of(std::string_view name, unsigned required, unsigned optional) {
    return {model::source_index<Alternative>(),
            name,
            required,
            optional,
            [](const Given& given) -> Source {
                Alternative made;
                get(given, made);
                return made;
            },
            [](Fields& out, const Source& source) { put(out, std::get<Alternative>(source)); }};
}

constexpr unsigned bit(Key key) { return 1U << key; }

constexpr std::array types = {
    type_of<HostBind>("bind", bit(source), 0),
    type_of<GuestBind>("guest-bind", bit(source), 0),
    type_of<Ram>("ram", 0, bit(size)),
    type_of<File>("file", 0, bit(source) | bit(content) | bit(mode)),
    type_of<Mask>("mask", 0, 0),
};
static_assert(model::covers_sources(types));

const Type& find_type(const Given& given) {
    if (!given[type]) fail("it has no type");
    const std::string_view name = *given[type] == "tmpfs" ? std::string_view("ram") : *given[type];
    const auto found = std::find_if(types.begin(), types.end(), [&](const Type& t) { return t.name == name; });
    if (found != types.end()) return *found;
    std::string known;
    for (const auto& known_type : types) known.append(known.empty() ? "" : ", ").append(known_type.name);
    fail("type " + quote(name) + " is not one of " + known);
}

Key find_key(std::string_view name) {
    const auto found = std::find_if(key_names.begin(), key_names.end(), [&](auto& k) { return k.name == name; });
    if (found == key_names.end()) fail("unknown key " + quote(name));
    return found->key;
}

Given read_fields(std::string_view option) {
    Given given;
    for (auto& [name, value] : model::split_option(option)) {
        if (name.empty() && !value) fail("a field is empty");
        const Key key = find_key(name);
        if (given[key]) fail("key " + quote(name) + " is given twice");
        if (!value && key != readonly) fail("key " + quote(name) + " has no value");
        if (value && value->empty() && key != content) fail("key " + quote(name) + " has an empty value");
        given[key] = value ? std::move(*value) : "true";
    }
    return given;
}

void check_keys(const Given& given, const Type& found) {
    const unsigned required = found.required | bit(type) | bit(target);
    const unsigned allowed = required | found.optional | bit(readonly);
    for (std::size_t i = 0; i < key_count; ++i) {
        const auto key = static_cast<Key>(i);
        if (!given[key] && (required & bit(key)) != 0) fail("type " + quote(found.name) + " needs a " + name_of(key));
        if (given[key] && (allowed & bit(key)) == 0)
            fail("type " + quote(found.name) + " has no key " + quote(name_of(key)));
    }
}

bool read_only(const Given& given) {
    const std::string value = given[readonly].value_or("false");
    if (value != "true" && value != "false") fail("readonly is true or false, not " + quote(value));
    return value == "true";
}

/// Shells complete the name of a directory with a slash.
void drop_trailing_slashes(std::optional<std::string>& path) {
    while (path && path->size() > 1 && path->back() == '/') path->pop_back();
}

Mount make_mount(std::string_view option) {
    Given given = read_fields(option);
    for (const Key key : {source, target}) drop_trailing_slashes(given[key]);
    const Type& found = find_type(given);
    check_keys(given, found);
    Mount mount{.target = *given[target], .source = found.get(given), .read_only = read_only(given)};
    model::check_mount(mount);
    return mount;
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
    const Type& written = types[mount.source.index()];
    Fields out;
    out.put(type, written.name);
    written.put(out, mount.source);
    out.put(target, mount.target);
    return mount.read_only ? out.take() + ",readonly" : out.take();
}

}  // namespace sandgraft
