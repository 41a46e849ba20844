// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "session/backend.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace sandgraft::session {

/// The connection that is opened when no URI is given.
std::string default_uri();

/// @param driver  as a libvirt URI names it.
/// @throws Error unsupported when there is none for the driver.
std::unique_ptr<const Backend> make_backend(std::string_view driver, BackendPlace place);

}  // namespace sandgraft::session
