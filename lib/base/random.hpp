// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>

namespace sandgraft::base {

/// Random bytes as lower-case hexadecimal digits, for names that nobody else has or can guess. At most 256 bytes:
/// more may come short, getrandom(2).
std::string random_hex(std::size_t bytes);

/// A UUID of random digits, as libvirt writes it.
std::string random_uuid();

}  // namespace sandgraft::base
