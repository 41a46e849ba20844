// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft: runs applications and services from the host's own files in containers and virtual machines.
#include "command.hpp"
#include "words.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>

namespace {

using namespace cli;

constexpr std::array commands = {
    Command{"run", "run a command once and exit with its status", run, own_failure},
    Command{"create", "keep a sandbox, to be started later", create, 1},
    Command{"start", "start a sandbox that is kept", start, own_failure},
    Command{"stop", "end sandboxes in order, or by force when that takes too long", stop, 1},
    Command{"restart", "stop and start sandboxes", restart, 1},
    Command{"kill", "send a signal to the command of a sandbox", kill, 1},
    Command{"wait", "wait for the end of a sandbox, and exit with its status", wait, own_failure},
    Command{"exec", "run another command in a running sandbox", exec, own_failure},
    Command{"shell", "start a login shell in a running sandbox", shell, own_failure},
    Command{"attach", "take part in the command of a running sandbox", attach, own_failure},
    Command{"logs", "what the command of a running sandbox has said", logs, 1},
    Command{"list", "the sandboxes that are running, or all of them", list, 1},
    Command{"show", "the command that makes a sandbox again", show, 1},
    Command{"rename", "give a sandbox another name", rename, 1},
    Command{"clone", "keep another sandbox that is like one", clone, 1},
    Command{"rm", "forget sandboxes", rm, 1},
    Command{"serve", "start a sandbox and stay until it ends, as its unit does", serve, own_failure},
    Command{"events", "tell what happens to sandboxes", events, 1},
    Command{"xml", "print the libvirt document of what run would start", xml, 1},
    Command{"units", "systemd units: list, closure, why, cat, graph, tree, verify, diff", units, 1},
};

void print_help() {
    std::cout << "Usage: sandgraft [-c URI] COMMAND [OPTION...] [ARGUMENT...]\n"
                 "\n"
                 "Runs applications straight from the host's own files, in a sandbox that sees the\n"
                 "host's root read-only: no image to build, no guest to administer.\n"
                 "\n"
                 "Commands:\n";
    for (const auto& command : commands)
        std::cout << "  " << std::setw(8) << std::left << command.name << command.summary << '\n';
    std::cout << "\n"
                 "'sandgraft help COMMAND' tells more. For example:\n"
                 "  sandgraft run -- id\n"
                 "  sandgraft run -v .:/src -w . -- make\n";
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

int print_version() {
    std::cout << "sandgraft " SANDGRAFT_VERSION "\n";
    return finish_output("sandgraft: ") ? 0 : own_failure;
}

int print_general_help(bool asked_for) {
    print_help();
    return finish_output("sandgraft: ") && asked_for ? 0 : own_failure;
}

bool is_help(const std::string& word) { return word == "--help" || word == "-h" || word == "help"; }

const Command& find_command(const std::string& name) {
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return name == c.name; });
    if (found != commands.end()) return *found;
    Arguments names = {"help"};
    for (const auto& command : commands) names.emplace_back(command.name);
    const std::string what = name.starts_with('-') ? "option" : "command";
    throw UsageError("there is no " + what + " '" + name + "'" + did_you_mean(name, names));
}

/// The words of the command line without the program's name.
int answer(Arguments words) {
    Arguments shared = take_shared_options(words);
    if (words.empty()) return print_general_help(false);
    if (words[0] == "--version") return print_version();
    if (is_help(words[0])) {
        if (words.size() == 1 || is_help(words[1])) return print_general_help(true);
        return dispatch(find_command(words[1]), {"--help"});
    }
    const Command& command = find_command(words[0]);
    if (words.size() > 1 && words[1] == "--version") return print_version();
    shared.insert(shared.end(), words.begin() + 1, words.end());
    return dispatch(command, shared);
}

}  // namespace

int main(int argc, char** argv) {
    open_missing_streams();
    try {
        return answer(Arguments(argv + std::min(argc, 1), argv + argc));
    } catch (const UsageError& error) {
        std::cerr << "sandgraft: " << error.what() << " (see 'sandgraft --help')\n";
    }
    return own_failure;
}
