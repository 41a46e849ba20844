// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "session/backend.hpp"

namespace sandgraft::session {

/// Sandboxes that are containers.
std::unique_ptr<const Backend> make_lxc_backend(BackendPlace place);

}  // namespace sandgraft::session
