// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <type_traits>
#include <variant>

namespace sandgraft::base {

/// A visitor made of one lambda per alternative: a forgotten one does not compile.
template <class... Cases>
struct Overload : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overload(Cases...) -> Overload<Cases...>;

/// Which alternative of a variant a type is.
template <class Alternative, class Variant, std::size_t index = 0>
constexpr std::size_t alternative_index() {
    if constexpr (std::is_same_v<Alternative, std::variant_alternative_t<index, Variant>>)
        return index;
    else
        return alternative_index<Alternative, Variant, index + 1>();
}

}  // namespace sandgraft::base
