// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kept.hpp"

#include "json.hpp"
#include "split.hpp"
#include "words.hpp"

#include <sandgraft/error.hpp>

#include <boost/program_options.hpp>

#include <algorithm>
#include <iostream>

namespace cli {

namespace {

namespace po = boost::program_options;

po::options_description described(const KeptUsage& usage) {
    po::options_description options("Options", 80, 52);
    for (const auto& flag : usage.flags) {
        if (flag.value == nullptr)
            options.add_options()(flag.name, flag.help);
        else
            options.add_options()(flag.name, po::value<Arguments>()->value_name(flag.value), flag.help);
    }
    options.add_options()("connect,c", po::value<Arguments>()->value_name("URI"), "the libvirt to use (lxc:///system)");
    options.add_options()("help,h", "print this help");
    return options;
}

po::variables_map parse(const KeptUsage& usage, const Arguments& arguments) {
    po::options_description all;
    all.add(described(usage)).add_options()("names", po::value<Arguments>());
    po::positional_options_description names;
    names.add("names", -1);
    po::variables_map values;
    try {
        const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::store(po::command_line_parser(arguments).options(all).positional(names).style(style).run(), values);
    } catch (const po::unknown_option& error) {
        Arguments known;
        const auto options = described(usage);
        for (const auto& option : options.options()) known.push_back("--" + option->long_name());
        throw UsageError("there is no option '" + error.get_option_name() + "'" +
                         did_you_mean(error.get_option_name(), known));
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
    return values;
}

/// The words of the request itself, and the command behind them.
std::pair<Arguments, Arguments> split_command(const KeptUsage& usage, const Arguments& arguments) {
    if (!usage.command) return {arguments, {}};
    const auto options = described(usage);
    Split words = split(options, arguments);
    if (words.dashes || words.rest.empty()) return {words.options, {}};
    const Split behind = split(options, {words.rest.begin() + 1, words.rest.end()});
    words.options.insert(words.options.end(), behind.options.begin(), behind.options.end());
    words.options.push_back(words.rest.front());
    return {words.options, behind.rest};
}

KeptRequest make_request(const KeptUsage& usage, const po::variables_map& values) {
    KeptRequest request;
    request.help = values.count("help") != 0;
    if (values.count("connect") != 0) request.uri = values["connect"].as<Arguments>().back();
    if (values.count("names") != 0) request.names = values["names"].as<Arguments>();
    for (const auto& flag : usage.flags) {
        const std::string name = std::string(flag.name).substr(0, std::string_view(flag.name).find(','));
        if (values.count(name) == 0) continue;
        request.flags[name] = flag.value != nullptr ? values[name].as<Arguments>() : Arguments{};
    }
    return request;
}

void print_help(const KeptUsage& usage) {
    std::cout << "Usage: sandgraft " << usage.usage << "\n\n"
              << usage.text << '\n'
              << described(usage) << "\nExamples:\n"
              << usage.examples;
}

bool is_plain(char c) {
    constexpr std::string_view others = "%+,-./:=@_";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
}

bool is_printable(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; }

/// As bash has it: what a terminal would not show as it is, is escaped.
std::string escaped(const std::string& word) {
    constexpr std::string_view digits = "01234567";
    std::string out = "$'";
    for (const char c : word) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\'' || c == '\\')
            out.append({'\\', c});
        else if (is_printable(c) && byte < 0x80)
            out += c;
        else
            out.append({'\\', digits[byte >> 6], digits[byte >> 3 & 7], digits[byte & 7]});
    }
    return out + "'";
}

std::string shell_word(const std::string& word) {
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
    if (!std::all_of(word.begin(), word.end(), is_printable)) return escaped(word);
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

}  // namespace

Arguments KeptRequest::values(const std::string& flag) const { return has(flag) ? flags.at(flag) : Arguments{}; }

std::string KeptRequest::value(const std::string& flag, const std::string& otherwise) const {
    return has(flag) ? flags.at(flag).back() : otherwise;
}

int run_kept(const KeptUsage& usage, const Arguments& arguments, int (*run)(const KeptRequest& request)) {
    const auto [words, command] = split_command(usage, arguments);
    KeptRequest request = make_request(usage, parse(usage, words));
    request.command = command;
    if (request.help) {
        print_help(usage);
        return 0;
    }
    if (request.names.size() < usage.least || request.names.size() > usage.most || (usage.command && command.empty()))
        throw UsageError(std::string("it is used as 'sandgraft ") + usage.usage + "'");
    return run(request);
}

void with_sandbox(const sandgraft::Host& host, const std::string& name, const std::function<void()>& action) {
    try {
        action();
    } catch (const sandgraft::Error& error) {
        if (error.code() != sandgraft::ErrorCode::not_found) throw;
        Arguments names;
        for (const auto& sandbox : host.list()) names.push_back(sandbox.name);
        throw sandgraft::Error(error.code(), error.what() + did_you_mean(name, names));
    }
}

std::string shell_words(const Arguments& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + shell_word(word);
    return text;
}

std::string ports_json(const std::vector<sandgraft::PublishedPort>& ports) {
    Arguments options;
    for (const auto& port : ports) options.push_back(to_option(port));
    return json_list(options);
}

Arguments payload_words(const sandgraft::Payload& payload) {
    if (const auto* command = std::get_if<sandgraft::Command>(&payload)) return command->argv;
    return std::get<sandgraft::Services>(payload).goals;
}

}  // namespace cli
