// SPDX-License-Identifier: LGPL-2.1-or-later
#include "progress.hpp"

#include <unistd.h>
#include <chrono>
#include <iostream>

namespace cli {

namespace {

constexpr std::chrono::seconds patience{1};

}  // namespace

Progress::Progress() {
    if (::isatty(STDERR_FILENO) == 1) watcher_ = std::thread([this] { watch(); });
}

Progress::~Progress() {
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    changed_.notify_all();
    if (watcher_.joinable()) watcher_.join();
}

void Progress::wait_for(std::string_view what) {
    {
        const std::lock_guard lock(mutex_);
        what_ = what;
        ++phase_;
    }
    changed_.notify_all();
}

void Progress::watch() {
    std::unique_lock lock(mutex_);
    unsigned said = 0;
    while (!done_) {
        const unsigned phase = phase_;
        const bool moved = changed_.wait_for(lock, patience, [&] { return done_ || phase_ != phase; });
        if (moved || what_.empty() || said == phase) continue;
        std::cerr << "sandgraft: waiting for " << what_ << " ...\n";
        said = phase;
    }
}

}  // namespace cli
