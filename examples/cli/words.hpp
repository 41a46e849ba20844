// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "command.hpp"

#include <span>
#include <string>
#include <string_view>

namespace cli {

/// "; did you mean 'run'?" when one of the right words is near to the given one, otherwise nothing.
std::string did_you_mean(std::string_view given, std::span<const std::string> right);

/// Takes the options that all commands share (-c, --connect and --json) from the front of the words.
/// @return them, to be put behind the command's name.
Arguments take_shared_options(Arguments& words);

}  // namespace cli
