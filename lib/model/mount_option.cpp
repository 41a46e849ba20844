// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.hpp"
#include "model/checks.hpp"
#include "model/mount_source.hpp"
#include "model/option.hpp"
#include "model/option_keys.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/mount.hpp>

#include <algorithm>
#include <optional>

namespace sandgraft {

namespace {

using base::quote;
using model::bit;
using model::fail;
using model::Given;
using model::Key;
using model::name_of;
using enum model::Key;

const model::SourceType& find_type(const Given& given) {
    if (!given[type]) fail("it has no type");
    const std::string_view name = *given[type] == "tmpfs" ? std::string_view("ram") : *given[type];
    const auto types = model::source_types();
    const auto found =
        std::find_if(types.begin(), types.end(), [&](const model::SourceType& t) { return t.name == name; });
    if (found != types.end()) return *found;
    std::string known;
    for (const auto& known_type : types) known.append(known.empty() ? "" : ", ").append(known_type.name);
    fail("type " + quote(name) + " is not one of " + known);
}

Key find_key(std::string_view name) {
    const auto found =
        std::find_if(model::keys::names.begin(), model::keys::names.end(), [&](auto& k) { return k.name == name; });
    if (found == model::keys::names.end()) fail("unknown key " + quote(name));
    return found->key;
}

Given read_fields(std::string_view option) {
    Given given;
    for (auto& [name, value] : model::split_option(option)) {
        if (name.empty() && !value) fail("a field is empty");
        const Key key = find_key(name);
        if (given[key]) fail("key " + quote(name) + " is given twice");
        if (!value && (model::flags & bit(key)) == 0) fail("key " + quote(name) + " has no value");
        if (value && value->empty() && key != content && key != base64) fail("key " + quote(name) + " has an empty value");
        given[key] = value ? std::move(*value) : "true";
    }
    return given;
}

void check_keys(const Given& given, const model::SourceType& found) {
    const unsigned required = found.required | bit(type) | bit(target);
    const unsigned allowed = required | found.optional | bit(readonly);
    for (std::size_t i = 0; i < key_count; ++i) {
        const auto key = static_cast<Key>(i);
        if (!given[key] && (required & bit(key)) != 0)
            fail("type " + quote(found.name) + " needs a " + std::string(name_of(key)));
        if (given[key] && (allowed & bit(key)) == 0)
            fail("type " + quote(found.name) + " has no key " + quote(name_of(key)));
    }
}

bool flag(const Given& given, Key key) {
    const std::string value = given[key].value_or("false");
    if (value != "true" && value != "false") fail(std::string(name_of(key)) + " is true or false, not " + quote(value));
    return value == "true";
}

/// Shells complete the name of a directory with a slash.
void drop_trailing_slashes(std::optional<std::string>& path) {
    while (path && path->size() > 1 && path->back() == '/') path->pop_back();
}

Mount make_mount(std::string_view option) {
    Given given = read_fields(option);
    for (const Key key : {source, target}) drop_trailing_slashes(given[key]);
    const model::SourceType& found = find_type(given);
    check_keys(given, found);
    Mount mount{.target = *given[target],
                .source = found.get(given),
                .read_only = flag(given, readonly),
                .suid = flag(given, suid),
                .dev = flag(given, dev)};
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
    const model::SourceType& written = model::type_of(mount);
    model::Fields out;
    out.put(type, written.name);
    written.put(out, mount.source);
    out.put(target, mount.target);
    for (const auto& [key, value] : {std::pair{readonly, mount.read_only}, {suid, mount.suid}, {dev, mount.dev}})
        if (value) out.put(key);
    return out.take();
}

}  // namespace sandgraft
