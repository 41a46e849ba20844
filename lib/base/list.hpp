// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <vector>

namespace sandgraft::base {

/// Whether a value of a type is written as one entry for each of its elements; any other type is a scalar.
template <class Value>
inline constexpr bool is_list = false;
template <class Element>
inline constexpr bool is_list<std::vector<Element>> = true;
template <class Key, class Element>
inline constexpr bool is_list<std::map<Key, Element>> = true;

}  // namespace sandgraft::base
