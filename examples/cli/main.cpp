// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft: runs applications and services from the host's own files in containers and virtual machines.
#include "command.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>

namespace {

using namespace cli;

/// As docker and env(1) have it: 125 leaves the statuses below and above to the command.
constexpr int own_failure = 125;

constexpr std::array commands = {
    Command{"run", "run a command once and exit with its status", run, own_failure},
    Command{"xml", "print the libvirt document of what run would start", xml, 1},
    Command{"units", "systemd units: list, closure, why, cat, graph, tree, verify, diff", units, 1},
};

void print_help() {
    std::cout << "Usage: sandgraft COMMAND [OPTION...] [ARGUMENT...]\n"
                 "\n"
                 "Runs applications straight from the host's own files, in a sandbox that sees the\n"
                 "host's root read-only: no image to build, no guest to administer.\n"
                 "\n"
                 "Commands:\n";
    for (const auto& command : commands)
        std::cout << "  " << std::setw(8) << std::left << command.name << command.summary << '\n';
    std::cout << "\n"
                 "'sandgraft COMMAND --help' tells more. For example:\n"
                 "  sandgraft run -- id\n"
                 "  sandgraft run -m type=bind,source=$PWD,target=$PWD -w $PWD -- make\n";
}

/// @return whether everything was written.
bool finish_output(const std::string& prefix) {
    if (std::cout.flush()) return true;
    std::cerr << prefix << "cannot write to standard output\n";
    return false;
}

int dispatch(const Command& command, const Arguments& arguments) {
    const std::string prefix = std::string("sandgraft ") + command.name + ": ";
    try {
        const int status = command.run(arguments);
        if (finish_output(prefix)) return status;
    } catch (const UsageError& error) {
        std::cerr << prefix << error.what() << " (see 'sandgraft " << command.name << " --help')\n";
    } catch (const std::exception& error) {
        std::cerr << prefix << error.what() << '\n';
    }
    return command.failure_status;
}

/// The number of a standard stream that is closed would go to the next descriptor that is opened.
void open_missing_streams() {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
        if (::fcntl(fd, F_GETFD) < 0) (void)!::open("/dev/null", O_RDWR);
}

}  // namespace

int main(int argc, char** argv) {
    open_missing_streams();
    const Arguments arguments(argv + std::min(argc, 1), argv + argc);
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
        print_help();
        return finish_output("sandgraft: ") && !arguments.empty() ? 0 : own_failure;
    }
    if (arguments[0] == "--version") {
        std::cout << "sandgraft " SANDGRAFT_VERSION "\n";
        return finish_output("sandgraft: ") ? 0 : own_failure;
    }
    const auto command =
        std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return arguments[0] == c.name; });
    if (command != commands.end()) return dispatch(*command, Arguments(arguments.begin() + 1, arguments.end()));
    std::cerr << "sandgraft: there is no command '" << arguments[0] << "' (see 'sandgraft --help')\n";
    return own_failure;
}
