// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

namespace sandgraft::units {

/// Decodes the C escape that `rest` starts with, behind its backslash, and takes it off.
/// @return false, with nothing changed, when it is none: \a \b \f \n \r \t \v \\ \" \' \s (a blank), \xHH, \OOO,
/// \uHHHH, \UHHHHHHHH; never a NUL.
bool append_unescaped(std::string_view& rest, std::string& out);

}  // namespace sandgraft::units
