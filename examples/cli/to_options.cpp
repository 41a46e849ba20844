// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "units.hpp"

#include <sandgraft/error.hpp>

#include <array>
#include <charconv>

namespace cli {

namespace {

using sandgraft::Sandbox;

/// The words of one option after another. A value is joined to its name, so that it may look like an option.
class OptionWriter {
public:
    void flag(const std::string& name, bool given) {
        if (given) words_.push_back("--" + name);
    }

    void value(const std::string& name, const std::string& value) { words_.push_back("--" + name + "=" + value); }

    /// Left out where it says nothing.
    void unless(const std::string& name, const std::string& said, const std::string& by_default) {
        if (said != by_default) value(name, said);
    }

    Arguments take() { return std::move(words_); }

private:
    Arguments words_;
};

std::string shortest(double number) {
    std::array<char, 32> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return {digits.data(), end};
}

/// With the largest suffix that loses nothing.
std::string size_text(std::uint64_t bytes) {
    constexpr std::array suffixes = {"", "K", "M", "G", "T"};
    std::size_t step = 0;
    while (step + 1 < suffixes.size() && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        ++step;
    }
    return std::to_string(bytes) + suffixes[step];
}

std::string limit_text(std::uint64_t value) {
    return value == sandgraft::Limit::unlimited ? "unlimited" : std::to_string(value);
}

void write_resources(OptionWriter& out, const Sandbox& sandbox) {
    out.unless("memory", memory_option(sandbox), "");
    if (sandbox.vcpus != 0) out.value("vcpus", shortest(sandbox.vcpus));
    const auto pids = [](std::uint32_t count) { return count == 0 ? "unlimited" : std::to_string(count); };
    out.unless("pids", pids(sandbox.pids), pids(Sandbox{}.pids));
    for (const auto& limit : sandbox.limits)
        out.value("ulimit", limit.name + "=" + limit_text(limit.soft) + ":" + limit_text(limit.hard));
}

void write_payload(OptionWriter& out, const sandgraft::Command& command) {
    out.unless("workdir", command.directory, sandgraft::Command{}.directory);
    out.flag("tty", command.terminal);
}

void write_payload(OptionWriter& out, const sandgraft::Services& services) {
    for (const auto& goal : services.goals) out.value("unit", goal);
    out.unless("profile", profile_name(services.profile), profile_name(sandgraft::Services{}.profile));
}

/// The words behind the options.
Arguments words_behind(const Sandbox& sandbox) {
    const auto* command = std::get_if<sandgraft::Command>(&sandbox.payload);
    if (command == nullptr) return {};
    Arguments words = {"--"};
    words.insert(words.end(), command->argv.begin(), command->argv.end());
    return words;
}

}  // namespace

std::string memory_option(const Sandbox& sandbox) {
    return sandbox.memory_bytes == 0 ? std::string() : size_text(sandbox.memory_bytes);
}

bool has_options(const Sandbox& sandbox) {
    const auto* services = std::get_if<sandgraft::Services>(&sandbox.payload);
    return services == nullptr || services->changes.empty();
}

Arguments to_options(const Sandbox& sandbox) {
    if (!has_options(sandbox))
        throw sandgraft::Error(sandgraft::ErrorCode::unsupported,
                               "the sandbox '" + sandbox.name + "' changes units, for which there are no options");
    Arguments words = {sandbox.name};
    OptionWriter out;
    out.unless("root", sandbox.root, Sandbox{}.root);
    for (const auto& mount : sandbox.mounts) out.value("mount", sandgraft::to_option(mount));
    out.flag("no-masks", !sandbox.mask_secrets);
    out.unless("user", sandbox.user, "");
    out.flag("privileged", sandbox.privileged);
    for (const auto& [name, value] : sandbox.environment) out.value("env", name + "=" + value);
    write_resources(out, sandbox);
    for (const auto& port : sandbox.ports) out.value("publish", sandgraft::to_option(port));
    std::visit([&](const auto& payload) { write_payload(out, payload); }, sandbox.payload);
    const Arguments options = out.take();
    words.insert(words.end(), options.begin(), options.end());
    const Arguments behind = words_behind(sandbox);
    words.insert(words.end(), behind.begin(), behind.end());
    return words;
}

}  // namespace cli
