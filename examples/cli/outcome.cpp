// SPDX-License-Identifier: LGPL-2.1-or-later
#include "outcome.hpp"

#include "command.hpp"
#include "json.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>

namespace cli {

namespace {

using sandgraft::Exit;
using std::chrono::milliseconds;

/// What it wrote may still be on its way.
bool has_ended(sandgraft::Instance& instance, milliseconds limit) {
    return instance.wait(limit).has_value() || instance.command().exit().has_value();
}

std::string_view to_text(Exit::How how) {
    switch (how) {
        case Exit::How::status: return "exit";
        case Exit::How::signal: return "signal";
        case Exit::How::not_started: break;
    }
    return "not-started";
}

/// The reason, where one is known, before what it came to.
std::string_view reason_of(const Exit& end, bool timed_out) {
    if (timed_out) return "timeout";
    if (end.out_of_memory && end.exit_status() != 0) return "oom";
    return end.stopped_by_libvirt ? "killed" : to_text(end.how);
}

std::string time_text(Report::Clock::time_point time) {
    const auto since = std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
    const std::time_t seconds = since / 1000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%FT%T.", &utc);
    return std::string(text.data(), size) + std::to_string(since % 1000 + 1000).substr(1) + "Z";
}

std::string known(std::uint64_t bytes) { return bytes == 0 ? "null" : std::to_string(bytes); }

}  // namespace

std::string seconds_text(milliseconds time) {
    std::string text = std::to_string(time.count() / 1000);
    if (const auto rest = time.count() % 1000; rest != 0) {
        text += '.' + std::to_string(rest + 1000).substr(1);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text;
}

milliseconds parse_seconds(const std::string& text) {
    constexpr double most = 1e9;  // thirty years; no number of milliseconds overflows
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0.001 && value <= most))
        throw UsageError("the time '" + text + "' is not a number of seconds such as 30 or 0.5");
    return milliseconds(static_cast<milliseconds::rep>(value * 1000));
}

void Timeout::wait(sandgraft::Instance& instance) {
    if (limit_ && !has_ended(instance, *limit_)) {
        over_ = true;
        instance.command().send_signal(SIGTERM);
        killed_ = !has_ended(instance, grace);
        if (killed_) instance.command().send_signal(SIGKILL);
    }
    (void)instance.wait();
}

std::string Timeout::describe() const {
    if (!over_) return {};
    const std::string line =
        "the command had not ended after " + seconds_text(*limit_) + " s (--timeout): it got SIGTERM";
    return killed_ ? line + ", and SIGKILL " + seconds_text(grace) + " s later" : line;
}

Report::Report(const std::string& where) {
    if (where.empty()) return;
    fd_ = where == "-" ? ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
                       : ::open(where.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd_ < 0)
        throw sandgraft::Error(sandgraft::ErrorCode::io, "cannot write '" + where + "': " + std::strerror(errno));
}

Report::~Report() {
    if (fd_ >= 0) ::close(fd_);
}

void Report::start(const std::string& name) {
    name_ = name;
    started_ = Clock::now();
}

void Report::end(const Exit& end, bool timed_out, int status) const {
    write({{"how", json_text(reason_of(end, timed_out))},
           {"status", std::to_string(status)},
           {"signal", end.how == Exit::How::signal ? std::to_string(end.value) : "null"},
           {"outOfMemory", end.out_of_memory ? "true" : "false"},
           {"peakMemoryBytes", known(end.peak_memory_bytes)}});
}

void Report::fail(const std::exception& error, int status) const {
    const auto* known = dynamic_cast<const sandgraft::Error*>(&error);
    const bool vanished = started_ && known != nullptr && known->code() == sandgraft::ErrorCode::hypervisor;
    write({{"how", json_text(vanished ? "killed" : "failed")},
           {"status", std::to_string(status)},
           {"error", json_text(error.what())}});
}

void Report::write(Members members) const {
    if (fd_ < 0) return;
    const auto now = Clock::now();
    if (started_) {
        const auto took = std::chrono::duration_cast<milliseconds>(now - *started_);
        members.insert(members.begin(), {"name", json_text(name_)});
        members.insert(members.end(), {{"started", json_text(time_text(*started_))},
                                       {"ended", json_text(time_text(now))},
                                       {"seconds", seconds_text(took)}});
    }
    const std::string line = json_object(members) + '\n';
    for (std::size_t done = 0; done < line.size();) {
        const ssize_t written = ::write(fd_, line.data() + done, line.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0)
            throw sandgraft::Error(sandgraft::ErrorCode::io,
                                   std::string("cannot write the report: ") + std::strerror(errno));
        done += static_cast<std::size_t>(written);
    }
}

}  // namespace cli
