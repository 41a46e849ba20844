// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/oracle.hpp"

#include "base/text.hpp"

#include <string_view>

namespace sandgraft::test {

namespace {

/// Reads the dump of all units and jobs: one "-> Unit NAME:" or "-> Job N:" per block, "Key: value" lines within.
class DumpReader {
public:
    explicit DumpReader(OracleAnswer& answer) : answer_(answer) {}

    void read(std::string_view line) {
        const std::size_t depth = line.find_first_not_of('\t');
        if (depth == std::string_view::npos) return;
        line.remove_prefix(depth);
        if (depth == 1 && line.starts_with("-> "))
            begin_block(line.substr(3));
        else if (const auto colon = line.find(':'); colon != std::string_view::npos && depth >= 2)
            take(depth, line, line.substr(0, colon), base::trim(line.substr(colon + 1)));
    }

private:
    void begin_block(std::string_view title) {
        unit_ = nullptr;
        if (title.starts_with("Unit ")) unit_ = &answer_.units[std::string(title.substr(5, title.size() - 6))];
    }

    void take(std::size_t depth, std::string_view line, std::string_view key, std::string_view value) {
        if (depth == 2 && line.starts_with("-> "))
            command_ = line.substr(3, line.size() - 4);
        else if (unit_ == nullptr && key == "Action")
            take_job(value);
        else if (unit_ != nullptr && depth == 3 && key == "Command Line")
            unit_->commands[command_].emplace_back(value);
        else if (unit_ != nullptr && depth == 2)
            take_property(key, value);
    }

    void take_job(std::string_view value) {
        const auto arrow = value.find(" -> ");
        answer_.jobs[std::string(value.substr(0, arrow))] = value.substr(arrow + 4);
    }

    void take_property(std::string_view key, std::string_view value) {
        if (key == "Unit Load State") unit_->state = value;
        if (key == "Fragment Path") unit_->fragment = value;
        if (key == "DropIn Path") unit_->drop_ins.emplace_back(value);
        if (key == "Alias") unit_->aliases.emplace(value);
        const auto bracket = value.find(" (");
        const bool is_dependency =
            bracket != std::string_view::npos && value.ends_with(')') &&
            (value.find("(origin-") != std::string_view::npos || value.find("(destination-") != std::string_view::npos);
        if (!is_dependency || key == "References" || key == "ReferencedBy" || key == "RequiresMountsFor") return;
        unit_->dependencies.insert({std::string(key), std::string(value.substr(0, bracket)),
                                    std::string(value.substr(bracket + 2, value.size() - bracket - 3))});
    }

    OracleAnswer& answer_;
    OracleUnit* unit_ = nullptr;
    std::string command_;
};

}  // namespace

OracleAnswer parse_oracle(const std::string& output) {
    OracleAnswer answer;
    DumpReader reader(answer);
    for (const std::string_view line : base::split(output, '\n')) reader.read(line);
    return answer;
}

}  // namespace sandgraft::test
