// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

namespace sandgraft::units {

/// What several assignments of one directive mean together.
enum class Repetition {
    last,      ///< the last one counts
    list,      ///< they add up, and an empty one drops those before it
    additive,  ///< they add up, and an empty one is nothing
};

struct Directive {
    Repetition repetition = Repetition::last;
    std::string_view group;  ///< the directives with this prefix form one list: an empty one of any drops all of them
};

/// How systemd treats the directive. Unknown ones are taken as scalars.
Directive find_directive(std::string_view section, std::string_view key);

/// Both belong to one list.
bool same_list(const Directive& directive, std::string_view key, std::string_view other_key);

}  // namespace sandgraft::units
