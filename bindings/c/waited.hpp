// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

namespace sandgraft::c {

/// What a wait returns: 1 with the status, or 0 when the time ran out.
inline int waited(std::optional<int> result, int* status) {
    if (result && status != nullptr) *status = *result;
    return result ? 1 : 0;
}

}  // namespace sandgraft::c
