// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sandgraft::test {

/// One dependency as `systemd --test` prints it: "After: b.service (origin-file destination-default)", taken apart.
struct OracleDependency {
    std::string kind, other, origins;

    auto operator<=>(const OracleDependency&) const = default;
};

struct OracleUnit {
    std::string state, fragment;
    std::set<std::string> aliases;
    std::vector<std::string> drop_ins;
    std::set<OracleDependency> dependencies;
    std::map<std::string, std::vector<std::string>> commands;  ///< "ExecStart" and its command lines
};

/// What systemd says about starting one unit.
struct OracleAnswer {
    int status = 0;
    std::string messages;  ///< its stderr
    std::map<std::string, OracleUnit> units;
    std::map<std::string, std::string> jobs;  ///< unit to "start", "stop", "verify-active"
};

OracleAnswer parse_oracle(const std::string& output);

/// Runs `systemd --test` in a root of its own, in which no mounts but those of the kernel's file systems exist, so
/// that the answer depends on the unit files alone. The calling process gets a mount namespace of its own, which takes
/// everything with it when the process ends.
class Oracle {
public:
    /// Whether this process cannot be an oracle; then it prints why.
    static bool is_missing();

    Oracle();

    /// Where the oracle's root is mounted. Its /run is writable and empty.
    [[nodiscard]] const std::string& root() const { return root_; }

    /// @param unit_path  as in SYSTEMD_UNIT_PATH, seen from the oracle's root.
    [[nodiscard]] OracleAnswer ask(const std::string& unit_path, const std::string& goal) const;

    /// What ask() answers for each goal, computed by as many processes as there are processors.
    [[nodiscard]] std::vector<OracleAnswer> ask_all(const std::string& unit_path,
                                                    const std::vector<std::string>& goals) const;

private:
    std::string root_ = "/mnt/root";
};

}  // namespace sandgraft::test
