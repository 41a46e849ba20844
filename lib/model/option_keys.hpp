// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "model/option.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sandgraft::model {

namespace keys {

/// What an option string of a mount can say.
enum Key : std::size_t { type, source, target, readonly, suid, dev, size, content, base64, mode, uid, gid, key_count };

struct Name {
    std::string_view name;
    Key key;
};

/// The first name of a key is the one that to_option() writes and messages use.
inline constexpr std::array names = {
    Name{"type", type},         Name{"source", source}, Name{"src", source},
    Name{"target", target},     Name{"dst", target},    Name{"destination", target},
    Name{"readonly", readonly}, Name{"ro", readonly},   Name{"suid", suid},
    Name{"dev", dev},           Name{"size", size},     Name{"content", content},
    Name{"base64", base64},     Name{"mode", mode},     Name{"uid", uid},
    Name{"gid", gid},
};

}  // namespace keys

using keys::Key;

constexpr std::string_view name_of(Key key) {
    return std::find_if(keys::names.begin(), keys::names.end(), [&](auto& k) { return k.key == key; })->name;
}

/// A set of keys, to be joined with |.
constexpr unsigned bit(Key key) { return 1U << key; }

/// The keys that are true or false; alone they mean true.
inline constexpr unsigned flags = bit(Key::readonly) | bit(Key::suid) | bit(Key::dev);

/// The values of one option string by key.
using Given = std::array<std::optional<std::string>, Key::key_count>;

/// The option string that is being written.
class Fields {
public:
    void put(Key key, std::string_view value) { append_field(text_, name_of(key), value); }
    void put(Key flag) { text_.append(",").append(name_of(flag)); }  ///< behind another
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

}  // namespace sandgraft::model
