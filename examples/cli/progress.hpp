// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace cli {

/// Says on a terminal what a start waits for, once that takes more than a second.
class Progress {
public:
    Progress();
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void wait_for(std::string_view what);

private:
    void watch();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string what_;
    unsigned phase_ = 0;
    bool done_ = false;
    std::thread watcher_;
};

}  // namespace cli
