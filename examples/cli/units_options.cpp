// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units.hpp"

#include <boost/program_options.hpp>

#include <sstream>

namespace po = boost::program_options;

namespace cli {

namespace {

po::options_description described() {
    po::options_description options("Options", 90, 60);
    auto add = options.add_options();
    add("root", po::value<std::string>(), "read the units below DIR instead of /");
    add("unit-path", po::value<std::string>(),
        "directories to look in, separated by colons, highest precedence first; with an empty last one, systemd's own "
        "follow");
    add("machine", "for a virtual machine: units for devices exist; default is a container");
    add("for", po::value<std::string>(), "why: the unit that is started");
    add("profile", po::value<std::string>(), "tree: full, minimal (default) or bare");
    add("output", po::value<std::string>(), "tree: the directory to make");
    add("all", "graph: default dependencies and slices as well");
    add("json", "print JSON");
    add("connect,c", po::value<std::string>(), "as the other commands have it; units asks no libvirt");
    add("help,h", "print this help");
    return options;
}

std::string text_of(const po::variables_map& values, const char* name, const std::string& otherwise = {}) {
    return values.count(name) != 0 ? values[name].as<std::string>() : otherwise;
}

po::variables_map parse(const Arguments& arguments) {
    po::options_description all;
    all.add(described());
    all.add_options()("unit", po::value<std::vector<std::string>>());
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
        if (values.count("unit") != 0) request.units = values["unit"].as<std::vector<std::string>>();
        return request;
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
}

std::vector<std::string> with_suffixes(std::vector<std::string> units) {
    for (std::string& unit : units)
        if (unit.find('.') == std::string::npos) unit += ".service";
    return units;
}

}  // namespace cli
