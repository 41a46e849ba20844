// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "command.hpp"

#include <boost/program_options/options_description.hpp>

namespace cli {

/// The words up to the command, and the command.
struct Split {
    Arguments options;
    bool dashes = false;  ///< between the two
    Arguments rest;
};

/// Finds the end of the options with their values: "--" or the first word that is neither.
/// @throws UsageError when an option lacks its value.
Split split(const boost::program_options::options_description& options, const Arguments& words);

}  // namespace cli
