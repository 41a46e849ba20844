// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <string>
#include <vector>

namespace sandgraft::session {

/// What hides the directory of kept sandboxes wherever a description would show it: below its root, or below the source
/// of a bind. Where a bind would show it as soon as there is one, it is made now, since nothing can be put over what is
/// not there.
/// @param place  that directory; see root::kept_place().
/// @throws Error invalid naming what is inside of it itself.
std::vector<Mount> keeper_masks(const Sandbox& sandbox, const std::string& place);

/// The same for this user's own; none where the user has no such directory.
std::vector<Mount> keeper_masks(const Sandbox& sandbox);

}  // namespace sandgraft::session
