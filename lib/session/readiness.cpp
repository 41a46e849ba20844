// SPDX-License-Identifier: LGPL-2.1-or-later
// How far the system of a sandbox is. It is asked inside, by what the root has for that.
#include "base/text.hpp"
#include "session/instance.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/instance.hpp>

#include <algorithm>

namespace sandgraft {

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr const char* shell = "/bin/sh";
constexpr int most_lines = 5;
constexpr Milliseconds patience{10000};  ///< with what is asked only to tell why

/// What sandgraft-init opens when systemd has said so: to read from it waits for that.
std::string after(const std::string& news, const std::string& command) {
    return ": < /run/sandgraft/" + news + "; exec " + command;
}

struct Answer {
    int status = 0;
    std::string text;
};

std::optional<Answer> ask(Instance& instance, std::vector<std::string> argv, Milliseconds timeout) {
    constexpr std::size_t most = 64 * 1024;
    Answer answer;
    Streams streams;
    streams.on_output = [&answer](std::string_view piece) {
        if (answer.text.size() < most) answer.text += piece;
    };
    auto process = instance.exec({.argv = std::move(argv)}, streams);
    const auto status = process.wait(timeout);
    if (!status) return std::nullopt;
    answer.status = *status;
    return answer;
}

std::vector<std::string> lines_of(const std::optional<Answer>& answer) {
    std::vector<std::string> lines;
    if (!answer || answer->status != 0) return lines;
    for (const auto line : base::split(answer->text, '\n'))
        if (!base::trim(line).empty()) lines.push_back(base::printable(base::trim(line)));
    return lines;
}

std::string first_word(const std::string& line) { return line.substr(0, line.find(' ')); }

std::string result_of(Instance& instance, const std::string& unit) {
    const auto lines = lines_of(ask(instance, {"systemctl", "show", "--value", "-p", "Result", "--", unit}, patience));
    return lines.empty() ? "failed" : lines.front();
}

/// Without a journal there are none.
std::vector<std::string> log_of(Instance& instance, const std::string& unit) {
    return lines_of(ask(instance,
                        {"journalctl", "-q", "--no-pager", "-o", "cat", "-n", std::to_string(most_lines), "-u", unit},
                        patience));
}

std::vector<FailedUnit> failed_units(Instance& instance) {
    std::vector<FailedUnit> failed;
    const auto units = lines_of(ask(
        instance, {"systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager", "--full"}, patience));
    for (const auto& line : units) {
        const auto unit = first_word(line);
        failed.push_back({unit, result_of(instance, unit), log_of(instance, unit)});
    }
    return failed;
}

/// Those that systemd still wants to start or stop.
std::vector<FailedUnit> waiting_units(Instance& instance) {
    std::vector<FailedUnit> waiting;
    const auto jobs =
        lines_of(ask(instance, {"systemctl", "list-jobs", "--plain", "--no-legend", "--no-pager", "--full"}, patience));
    for (const auto& line : jobs) {
        const auto words = base::split(line, ' ');
        const auto unit = std::find_if(words.begin() + 1, words.end(), [](auto word) { return !word.empty(); });
        if (line.ends_with("running") && unit != words.end())
            waiting.push_back({std::string(*unit), "in progress", log_of(instance, std::string(*unit))});
    }
    return waiting;
}

}  // namespace

BootResult Instance::await_boot(Readiness readiness, Milliseconds timeout) {
    const auto news = readiness == Readiness::ready ? "started" : "booted";
    const auto question = readiness == Readiness::ready ? "systemctl is-active --quiet default.target" : "true";
    if (readiness == Readiness::none || !impl_->boots_units) return {.reached = true};
    const auto answer = ask(*this, {shell, "-c", after(news, question)}, timeout);
    BootResult result{.reached = answer && answer->status == 0, .in_time = answer.has_value()};
    if (result.reached) return result;
    result.failed = failed_units(*this);
    if (!answer)
        for (auto& unit : waiting_units(*this)) result.failed.push_back(std::move(unit));
    return result;
}

}  // namespace sandgraft
