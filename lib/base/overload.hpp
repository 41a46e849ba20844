// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace sandgraft::base {

/// A visitor made of one lambda per alternative: a forgotten one does not compile.
template <class... Cases>
struct Overload : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overload(Cases...) -> Overload<Cases...>;

}  // namespace sandgraft::base
