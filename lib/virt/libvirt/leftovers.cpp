// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/leftovers.hpp"

#include "base/owner.hpp"
#include "base/thread.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace sandgraft::virt {

namespace {

constexpr std::chrono::milliseconds longest_at_end{50};

class Leftovers {
public:
    void finish(const std::function<void()>& action) {
        add(1);
        const auto finish_it = [this, action] {
            action();
            add(-1);
        };
        try {
            base::start_thread(finish_it).detach();
        } catch (const Error&) {
            finish_it();
        }
    }

    void await(std::chrono::milliseconds longest) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, longest, [this] { return count_ == 0; });
    }

private:
    void add(int number) {
        const std::lock_guard lock(mutex_);
        count_ += number;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

/// Never destroyed: its threads may outlive everything else.
Leftovers& leftovers() {
    static Leftovers& instance = *new Leftovers;
    return instance;
}

/// A child made by fork(2) has none of the threads.
struct EndOfProcess {
    EndOfProcess() = default;
    ~EndOfProcess() {
        if (owner.is_here()) leftovers().await(longest_at_end);
    }
    EndOfProcess(const EndOfProcess&) = delete;
    EndOfProcess& operator=(const EndOfProcess&) = delete;

    base::Owner owner;
};

}  // namespace

void finish_later(const std::function<void()>& action) {
    static const EndOfProcess end;
    leftovers().finish(action);
}

}  // namespace sandgraft::virt
