// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/leftovers.hpp"

#include "base/owner.hpp"
#include "base/thread.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace sandgraft::virt {

namespace {

constexpr std::chrono::milliseconds longest_at_end{50};

class Leftovers {
public:
    void finish(const std::function<void()>& action) {
        std::unique_lock lock(mutex_);
        join_finished();
        try {
            Thread& thread = threads_.emplace_back();
            thread.thread = base::start_thread([this, held = std::function(action), &thread]() mutable {
                held();
                held = nullptr;  // whatever it held may leave something itself
                const std::lock_guard finished_lock(mutex_);
                thread.finished = true;
                changed_.notify_all();
            });
        } catch (const Error&) {  // of starting it
            threads_.pop_back();
            lock.unlock();
            action();
        }
    }

    /// What has finished is joined, for a thread is a moment longer there than its work.
    void await(std::chrono::milliseconds longest) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, longest, [this] {
            return std::all_of(threads_.begin(), threads_.end(), [](const Thread& thread) { return thread.finished; });
        });
        join_finished();
    }

private:
    struct Thread {
        std::thread thread;
        bool finished = false;
    };

    void join_finished() {
        threads_.remove_if([](Thread& thread) {
            if (thread.finished) thread.thread.join();
            return thread.finished;
        });
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Thread> threads_;
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
