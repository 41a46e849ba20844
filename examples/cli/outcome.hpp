// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/error.hpp>
#include <sandgraft/instance.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cli {

/// How a command is brought to its end when its time is over: SIGTERM, and SIGKILL where that was not enough.
class Timeout {
public:
    static constexpr std::chrono::milliseconds grace{5000};  ///< between the two signals

    explicit Timeout(std::optional<std::chrono::milliseconds> limit) : limit_(limit) {}

    /// Waits for the command's end, and sees to it when the time is over.
    void wait(sandgraft::Instance& instance);

    [[nodiscard]] bool is_over() const { return over_; }

    /// One line; empty when the command ended in time.
    [[nodiscard]] std::string describe() const;

private:
    std::optional<std::chrono::milliseconds> limit_;
    bool over_ = false;
    bool killed_ = false;
};

/// Writes one line of JSON about how a run ended, where somebody asked for it.
class Report {
public:
    using Clock = std::chrono::system_clock;

    /// @param where  a file, which is made; "-": standard error; empty: nobody asked.
    /// @throws sandgraft::Error when the file cannot be written.
    explicit Report(const std::string& where);
    ~Report();
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;

    /// From here on the command runs.
    void start(const std::string& name);

    void end(const sandgraft::Exit& end, bool timed_out, int status) const;

    /// Sandgraft itself failed, or the sandbox vanished.
    void fail(const std::exception& error, int status) const;

private:
    using Members = std::vector<std::pair<std::string, std::string>>;
    void write(Members members) const;

    int fd_ = -1;
    std::string name_;
    std::optional<Clock::time_point> started_;
};

/// A duration as it is given and shown: "1.5".
std::chrono::milliseconds parse_seconds(const std::string& text);
std::string seconds_text(std::chrono::milliseconds time);

}  // namespace cli
