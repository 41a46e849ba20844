// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units.hpp"

#include <boost/program_options.hpp>

#include <array>
#include <sstream>

namespace po = boost::program_options;

namespace cli {

namespace {

using Words = std::vector<std::string>;
using sandgraft::UnitProfile;

struct Profile {
    UnitProfile profile;
    std::string_view name;
};
constexpr std::array profiles = {
    Profile{UnitProfile::full, "full"},
    Profile{UnitProfile::minimal, "minimal"},
    Profile{UnitProfile::bare, "bare"},
};

/// An option may be repeated; the last value counts.
po::typed_value<Words>* value() { return po::value<Words>(); }
po::typed_value<Words>* flag() { return value()->zero_tokens(); }

po::options_description described() {
    po::options_description options("Options", 90, 60);
    auto add = options.add_options();
    add("root", value(), "read the units below DIR instead of /");
    add("unit-path", value(),
        "directories to look in, separated by colons, highest precedence first; with an empty last one, systemd's own "
        "follow");
    add("machine", flag(), "for a virtual machine: units for devices exist; default is a container");
    add("for", value(), "why: the unit that is started");
    add("profile", value(), "tree: full, minimal (default) or bare");
    add("output", value(), "tree: the directory to make");
    add("all", flag(), "graph: default dependencies and slices as well");
    add("json", flag(), "print JSON");
    add("connect,c", value(), "as the other commands have it; units asks no libvirt");
    add("help,h", flag(), "print this help");
    return options;
}

std::string text_of(const po::variables_map& values, const char* name, const std::string& otherwise = {}) {
    return values.count(name) != 0 ? values[name].as<Words>().back() : otherwise;
}

po::variables_map parse(const Arguments& arguments) {
    po::options_description all;
    all.add(described());
    all.add_options()("unit", value());
    po::positional_options_description units;
    units.add("unit", -1);
    po::variables_map values;
    po::store(po::command_line_parser(arguments)
                  .options(all)
                  .positional(units)
                  .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
                  .run(),
              values);
    return values;
}

}  // namespace

std::string describe_units_options() {
    std::ostringstream text;
    text << described();
    return text.str();
}

UnitsRequest parse_units_request(const Arguments& arguments) {
    try {
        const po::variables_map values = parse(arguments);
        UnitsRequest request;
        request.help = values.count("help") != 0;
        request.json = values.count("json") != 0;
        request.all = values.count("all") != 0;
        request.source.root = text_of(values, "root", "/");
        request.source.container = values.count("machine") == 0;
        request.source.unit_path = sandgraft::parse_unit_path(text_of(values, "unit-path"));
        request.goal = text_of(values, "for");
        request.output = text_of(values, "output");
        request.profile = text_of(values, "profile", "minimal");
        if (values.count("unit") != 0) request.units = values["unit"].as<Words>();
        return request;
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
}

std::optional<UnitProfile> find_profile(std::string_view name) {
    for (const auto& row : profiles)
        if (row.name == name) return row.profile;
    return std::nullopt;
}

std::string profile_name(UnitProfile profile) {
    for (const auto& row : profiles)
        if (row.profile == profile) return std::string(row.name);
    return {};
}

std::vector<std::string> with_suffixes(std::vector<std::string> units) {
    for (std::string& unit : units)
        if (unit.find('.') == std::string::npos) unit += ".service";
    return units;
}

}  // namespace cli
