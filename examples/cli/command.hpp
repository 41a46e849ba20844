// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace cli {

/// As docker and env(1) have it: 125 leaves the statuses below and above to the command.
inline constexpr int own_failure = 125;

using Arguments = std::vector<std::string>;

/// The words of the command line make no sense; main() points to --help.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A subcommand: its arguments without its name in, its exit status out.
struct Command {
    const char* name;
    const char* summary;
    int (*run)(const Arguments&);
    int failure_status;  ///< the exit status when sandgraft itself fails
};

int run(const Arguments& arguments);
int xml(const Arguments& arguments);
int units(const Arguments& arguments);
int create(const Arguments& arguments);
int start(const Arguments& arguments);
int stop(const Arguments& arguments);
int restart(const Arguments& arguments);
int kill(const Arguments& arguments);
int wait(const Arguments& arguments);
int exec(const Arguments& arguments);
int shell(const Arguments& arguments);
int attach(const Arguments& arguments);
int logs(const Arguments& arguments);
int list(const Arguments& arguments);
int show(const Arguments& arguments);
int rename(const Arguments& arguments);
int clone(const Arguments& arguments);
int serve(const Arguments& arguments);
int rm(const Arguments& arguments);
int events(const Arguments& arguments);

}  // namespace cli
