// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"

#include "outcome.hpp"
#include "paths.hpp"
#include "running.hpp"
#include "split.hpp"
#include "units.hpp"
#include "words.hpp"

#include <sandgraft/error.hpp>

#include <boost/program_options.hpp>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <sstream>

namespace cli {

namespace {

namespace po = boost::program_options;
using sandgraft::Error;
using sandgraft::ErrorCode;
using Words = std::vector<std::string>;

constexpr unsigned bit_of(Use use) { return 1U << static_cast<unsigned>(use); }
constexpr unsigned everywhere = bit_of(Use::run) | bit_of(Use::create) | bit_of(Use::xml);
constexpr unsigned not_kept = bit_of(Use::run) | bit_of(Use::xml);

struct Option {
    const char* name;   ///< with its letter, as Boost has it
    const char* value;  ///< the value's name in the help; null: a switch
    const char* help;
    unsigned uses = everywhere;     ///< see bit_of()
    const char* implied = nullptr;  ///< the value where none is joined to the option
};

constexpr std::array option_table = {
    Option{"help,h", nullptr, "print this help"},
    Option{"connect,c", "URI", "the libvirt to use (lxc:///system)"},
    Option{"virt", "KIND", "lxc or auto: the kind of sandbox (auto)"},
    Option{"name,n", "NAME", "the sandbox's name (a new, unique one)"},
    Option{"root", "DIR", "the directory seen read-only as / (/)"},
    Option{"mount,m", "SPEC", "make a filesystem visible; see below"},
    Option{"volume,v", "SRC:DST[:ro]", "show SRC of the host at DST; short for a bind mount"},
    Option{"env,e", "NAME[=VALUE]", "set a variable; without a value, pass on the caller's"},
    Option{"user,u", "USER",
           "run as USER or USER:GROUP, names or numbers, or as the owner of @PATH (the calling user)"},
    Option{"privileged", nullptr, "run as root with a few capabilities over the sandbox"},
    Option{"unit", "UNIT", "boot systemd into UNIT, instead of running a command"},
    Option{"profile", "KIND", "full, minimal or bare: how much of the root's units systemd sees (minimal)"},
    Option{"workdir,w", "DIR", "the directory to start in (/); a relative one is the caller's, where a mount shows it"},
    Option{"network", "KIND", "none: a loopback interface only (none)"},
    Option{"publish,p", "[ADDR:]PORT:PORT", "let a port of the host, 0 for any, lead to one inside"},
    Option{"disk", "SPEC", "a disk; containers have none"},
    Option{"memory", "SIZE", "the most memory to use, such as 512M (all)"},
    Option{"vcpus", "N", "the processors' worth of time to use, such as 2 or 0.5 (all)"},
    Option{"pids", "N", "the most processes and threads, or unlimited (4096)"},
    Option{"ulimit", "NAME=SOFT[:HARD]", "a limit of each process, such as nofile=1024"},
    Option{"tty,t", nullptr, "give the command a terminal (run: if input and output are one)"},
    Option{"no-tty,T", nullptr, "do not give it a terminal"},
    Option{"no-masks", nullptr, "do not hide the host's secrets, /root and /home"},
    Option{"detach,d", nullptr, "print the sandbox's name and let it go on; see attach, logs, stop", bit_of(Use::run)},
    Option{"channel", "KIND", "socket, console or auto: how to talk to the sandbox (auto)", not_kept},
    Option{"wait", "KIND", "when --detach returns: ready, as soon as all units run, booted or none (ready)",
           bit_of(Use::run)},
    Option{"timeout", "SECONDS", "end the command after that time, such as 30 or 0.5", bit_of(Use::run)},
    Option{"json", "FILE", "write one line about how it ended to standard error, or to FILE", bit_of(Use::run), "-"},
    Option{"on-boot", nullptr, "have the host's systemd start it on boot", bit_of(Use::create)},
};

po::options_description make_options(Use use) {
    constexpr unsigned line_length = 80;
    constexpr unsigned description_length = 52;
    po::options_description options("Options", line_length, description_length);
    for (const auto& option : option_table) {
        if ((option.uses & bit_of(use)) == 0) continue;
        auto* values = po::value<Words>();  // any option may be repeated
        if (option.value == nullptr)
            values->zero_tokens();
        else
            values->value_name(option.value);
        if (option.implied != nullptr) values->implicit_value({option.implied}, option.implied);
        options.add_options()(option.name, values, option.help);
    }
    return options;
}

/// What the design has and this version has not.
constexpr std::array planned = {"--overlay"};

/// What people know from docker and podman, and need not say here.
struct Needless {
    const char* name;
    const char* reason;
};

constexpr std::array needless = {
    Needless{"--rm", "nothing of a sandbox is left when it ends"},
    Needless{"-i", "the command has the caller's input"},
    Needless{"--interactive", "the command has the caller's input"},
};

/// An option without its value: Boost tells of the whole word.
std::string name_in(const std::string& word) {
    return word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
}

std::string describe_unknown(const po::options_description& options, const std::string& word) {
    const std::string name = name_in(word);
    if (std::find(planned.begin(), planned.end(), name) != planned.end()) return name + " is not built yet";
    for (const auto& [given, reason] : needless)
        if (name == given) return "there is no option '" + name + "': " + reason;
    Words known;
    for (const auto& option : options.options()) known.push_back("--" + option->long_name());
    return "there is no option '" + name + "'" + did_you_mean(name, known);
}

std::string describe_syntax(const po::invalid_command_line_syntax& error) {
    if (error.kind() == error.empty_adjacent_parameter) return "the value of " + error.get_option_name() + " is empty";
    if (error.kind() == error.extra_parameter) return "the option '" + error.get_option_name() + "' takes no value";
    return error.what();
}

/// The options by their names, and in the order in which they were given.
struct Given {
    po::variables_map values;
    std::vector<po::option> in_order;
};

Given parse(const po::options_description& options, const Words& words) {
    Given given;
    try {
        using namespace po::command_line_style;
        const auto style = allow_long | allow_short | allow_dash_for_short | long_allow_adjacent | long_allow_next |
                           short_allow_adjacent | short_allow_next | allow_sticky;
        const auto parsed = po::command_line_parser(words).options(options).style(style).run();
        po::store(parsed, given.values);
        given.in_order = parsed.options;
    } catch (const po::invalid_command_line_syntax& error) {
        throw UsageError(describe_syntax(error));
    } catch (const po::unknown_option& error) {
        throw UsageError(describe_unknown(options, error.get_option_name()));
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
    return given;
}

/// The last one, as if it had been put behind those of an alias.
std::string text_of(const po::variables_map& values, const char* name, const std::string& otherwise = {}) {
    return values.count(name) != 0 ? values[name].as<Words>().back() : otherwise;
}

Words texts_of(const po::variables_map& values, const char* name) {
    return values.count(name) != 0 ? values[name].as<Words>() : Words{};
}

/// Those of --mount and --volume in one order, which counts where links make two targets one place.
std::vector<sandgraft::Mount> mounts_of(const std::vector<po::option>& in_order) {
    std::vector<sandgraft::Mount> mounts;
    for (const auto& option : in_order) {
        if (option.string_key == "mount") mounts.push_back(sandgraft::parse_mount(option.value.front()));
        if (option.string_key == "volume") mounts.push_back(parse_volume(option.value.front()));
    }
    return mounts;
}

/// An empty value, perhaps of an unset variable of a script, must not become the default: that may be root, or all the
/// host has.
void refuse_empty(const po::variables_map& values) {
    for (const char* name : {"name", "user", "connect"})
        if (values.count(name) != 0 && text_of(values, name).empty())
            throw UsageError(std::string("the value of --") + name + " is empty");
}

sandgraft::Channel parse_channel(const std::string& text) {
    if (text == "auto") return sandgraft::Channel::automatic;
    if (text == "socket") return sandgraft::Channel::socket;
    if (text == "console") return sandgraft::Channel::console;
    throw UsageError("the channel '" + text + "' is not auto, socket or console");
}

/// What the design has and this version cannot do is refused by its name, never ignored.
void refuse_unsupported(const po::variables_map& values) {
    const auto virt = text_of(values, "virt", "auto");
    if (virt == "kvm" || virt == "qemu")
        throw Error(ErrorCode::unsupported, "--virt " + virt + ": this version makes containers only");
    if (virt != "auto" && virt != "lxc") throw UsageError("the kind of sandbox '" + virt + "' is not lxc or auto");
    if (const auto network = text_of(values, "network", "none"); network != "none")
        throw Error(ErrorCode::unsupported, "--network " + network + ": this version makes no network but none");
    for (const auto& disk : texts_of(values, "disk"))
        throw Error(ErrorCode::unsupported, "--disk " + disk + ": a container has no disks");
}

/// What is kept does not depend on the terminal that it was described at.
bool wants_terminal(const po::variables_map& values, Use use) {
    if (values.count("tty") != 0 && values.count("no-tty") != 0)
        throw UsageError("--tty and --no-tty contradict each other");
    if (values.count("no-tty") != 0) return false;
    return values.count("tty") != 0 || (use != Use::create && values.count("detach") == 0 && is_at_terminal());
}

/// How many there may be, the library knows; but to it, 0 says that there is no limit.
double parse_vcpus(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0)
        throw UsageError("the number of processors '" + text + "' is not one such as 2 or 0.5");
    return value;
}

std::uint32_t parse_pids(const std::string& text) {
    if (text == "unlimited") return 0;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0)
        throw UsageError("the number of processes '" + text + "' is not one such as 100, nor unlimited");
    return value;
}

std::uint64_t parse_memory(const std::string& text) {
    const std::uint64_t bytes = sandgraft::parse_size(text);
    if (bytes == 0) throw UsageError("the memory '" + text + "' is not a size such as 512M");
    return bytes;
}

sandgraft::UnitProfile parse_profile(const std::string& text) {
    if (const auto profile = find_profile(text)) return *profile;
    throw UsageError("the profile '" + text + "' is not full, minimal or bare");
}

/// What is about a command means nothing to systemd, which has its units.
void refuse_for_units(const po::variables_map& values, const Words& command) {
    if (!command.empty()) throw UsageError("--unit boots systemd, which starts units and not '" + command[0] + "'");
    for (const char* name : {"user", "privileged", "workdir", "tty", "no-tty"})
        if (values.count(name) != 0)
            throw UsageError(std::string("--") + name + " is about a command, and --unit boots systemd");
}

sandgraft::Services services_of(const po::variables_map& values) {
    sandgraft::Services services;
    services.goals = with_suffixes(texts_of(values, "unit"));
    if (values.count("profile") != 0) services.profile = parse_profile(text_of(values, "profile"));
    return services;
}

void check_payload(const po::variables_map& values, const Words& command, Use use) {
    if (values.count("unit") != 0) return refuse_for_units(values, command);
    if (values.count("profile") != 0) throw UsageError("--profile is about units, and there is no --unit");
    if (command.empty())
        throw UsageError(use == Use::create ? "no command is given; it stands behind the name and the options"
                                            : "no command is given; try 'sandgraft run -- sh'");
}

sandgraft::Command command_of(const po::variables_map& values, const Words& command, const sandgraft::Sandbox& sandbox,
                              Use use) {
    sandgraft::Command payload;
    payload.argv = command;
    payload.directory = working_directory(text_of(values, "workdir", payload.directory), sandbox.mounts);
    payload.terminal = wants_terminal(values, use);
    return payload;
}

void describe_command(const Given& given, const Words& command, Use use, sandgraft::Sandbox& sandbox) {
    auto payload = command_of(given.values, command, sandbox, use);
    if (payload.terminal && use != Use::create) set_environment({"TERM"}, sandbox.environment);
    sandbox.payload = std::move(payload);
}

sandgraft::Sandbox describe(const Given& given, const Words& command, Use use) {
    const auto& values = given.values;
    sandgraft::Sandbox sandbox;
    sandbox.name = text_of(values, "name");
    sandbox.user = resolve_user(text_of(values, "user"));
    if (sandbox.name.starts_with('-'))
        throw UsageError("the name '" + sandbox.name + "' begins with a dash, as options do");
    if (values.count("root") != 0) sandbox.root = path_from_here(text_of(values, "root"));
    sandbox.privileged = values.count("privileged") != 0;
    sandbox.mask_secrets = values.count("no-masks") == 0;
    sandbox.mounts = mounts_of(given.in_order);
    if (values.count("memory") != 0) sandbox.memory_bytes = parse_memory(text_of(values, "memory"));
    if (values.count("vcpus") != 0) sandbox.vcpus = parse_vcpus(text_of(values, "vcpus"));
    if (values.count("pids") != 0) sandbox.pids = parse_pids(text_of(values, "pids"));
    for (const auto& limit : texts_of(values, "ulimit")) sandbox.limits.push_back(sandgraft::parse_limit(limit));
    for (const auto& port : texts_of(values, "publish")) sandbox.ports.push_back(sandgraft::parse_published_port(port));
    if (values.count("unit") != 0)
        sandbox.payload = services_of(values);
    else
        describe_command(given, command, use, sandbox);
    set_environment(texts_of(values, "env"), sandbox.environment);
    return sandbox;
}

/// What the words say, once it is known which of them are options.
Request make_request(const Given& given, const Words& command, Use use) {
    const auto& values = given.values;
    Request request;
    request.help = values.count("help") != 0;
    if (request.help) return request;
    refuse_unsupported(values);
    refuse_empty(values);
    check_payload(values, command, use);
    request.uri = text_of(values, "connect");
    request.channel = parse_channel(text_of(values, "channel", "auto"));
    request.sandbox = describe(given, command, use);
    request.memory = text_of(values, "memory");
    if (values.count("timeout") != 0) request.timeout = parse_seconds(text_of(values, "timeout"));
    request.on_boot = values.count("on-boot") != 0;
    request.json = text_of(values, "json");
    request.detach = values.count("detach") != 0;
    request.readiness = parse_readiness(text_of(values, "wait", "ready"));
    for (const char* name : {"timeout", "json"})
        if (request.detach && values.count(name) != 0)
            throw UsageError(std::string("--") + name +
                             " is about the end of the command, which --detach does not wait for");
    return request;
}

}  // namespace

void set_environment(const Arguments& settings, std::map<std::string, std::string>& environment) {
    for (const auto& setting : settings) {
        if (setting.empty()) throw UsageError("the environment variable '' has no name");
        const auto equals = setting.find('=');
        const auto name = setting.substr(0, equals);
        if (equals != std::string::npos)
            environment[name] = setting.substr(equals + 1);
        else if (const char* value = std::getenv(name.c_str()); value != nullptr)
            environment[name] = value;
    }
}

bool is_at_terminal() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1; }

Request parse_request(const Arguments& arguments, Use use) {
    const auto options = make_options(use);
    const auto words = split(options, arguments);
    return make_request(parse(options, words.options), words.rest, use);
}

Request parse_create(const Arguments& arguments) {
    const auto options = make_options(Use::create);
    Split words = split(options, arguments);
    const auto given = parse(options, words.options);
    if (given.values.count("help") != 0 || given.values.count("name") != 0)
        return make_request(given, words.rest, Use::create);
    if (words.dashes || words.rest.empty()) throw UsageError("no name is given; it stands before the command");
    const Split behind = split(options, {words.rest.begin() + 1, words.rest.end()});
    if (parse(options, behind.options).values.count("name") != 0) throw UsageError("the name is given twice");
    words.options.insert(words.options.end(), behind.options.begin(), behind.options.end());
    words.options.push_back("--name=" + words.rest.front());
    return make_request(parse(options, words.options), behind.rest, Use::create);
}

std::string describe_options(Use use) {
    std::ostringstream out;
    out << make_options(use);
    return out.str();
}

}  // namespace cli
