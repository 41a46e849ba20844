// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "command.hpp"

#include <sandgraft/unit_set.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// The words behind `sandgraft units SUBCOMMAND`.
struct UnitsRequest {
    bool help = false;
    bool json = false;
    bool all = false;  ///< graph: default dependencies and slices as well
    sandgraft::UnitSource source;
    std::string goal;                 ///< --for
    std::string output;               ///< --output
    std::string profile = "minimal";  ///< --profile
    std::vector<std::string> units;
};

/// @throws UsageError
UnitsRequest parse_units_request(const Arguments& arguments);
std::string describe_units_options();

/// The units given, with ".service" where a name has no suffix, as systemctl takes them.
std::vector<std::string> with_suffixes(std::vector<std::string> units);

/// The profile of a name; nothing when there is none.
std::optional<sandgraft::UnitProfile> find_profile(std::string_view name);
std::string profile_name(sandgraft::UnitProfile profile);

int units_list(const UnitsRequest& request);
int units_closure(const UnitsRequest& request);
int units_why(const UnitsRequest& request);
int units_cat(const UnitsRequest& request);
int units_graph(const UnitsRequest& request);
int units_tree(const UnitsRequest& request);
int units_verify(const UnitsRequest& request);
int units_diff(const UnitsRequest& request);

}  // namespace cli
