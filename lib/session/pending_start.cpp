// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/fd.hpp"
#include "base/owner.hpp"
#include "base/thread.hpp"
#include "session/start.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/pending_start.hpp>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

namespace sandgraft {

namespace {

using Started = std::unique_ptr<Instance::Impl>;
using Begin = std::function<Started(const StartOptions&, const session::OnRelay&)>;

/// Ends what was started, also what would outlive its object. libvirt is asked to, and may hang.
void discard(Started started) {
    if (started) started->relay->interrupt();
}

void discard_apart(Started started) {
    if (!started) return;
    const auto shared = std::make_shared<Started>(std::move(started));
    try {
        base::start_thread([shared] { discard(std::move(*shared)); }).detach();
    } catch (const Error&) {
        discard(std::move(*shared));
    }
}

/// The functions are called elsewhere, and are not the thread's to free.
StartOptions without_functions(StartOptions options) {
    options.on_progress = {};
    options.on_warning = {};
    return options;
}

/// Descriptors of the caller's, who may close them when it has cancelled, while the thread still looks at them.
class OwnDescriptors {
public:
    explicit OwnDescriptors(Streams& streams) {
        for (int* fd : {&streams.input, &streams.output, &streams.error}) take(*fd);
    }

private:
    /// What is none stays as it is: to say so is the start's.
    void take(int& fd) {
        base::Fd own(fd < 0 ? -1 : ::fcntl(fd, F_DUPFD_CLOEXEC, 0));
        if (!own) return;
        fd = own.get();
        owned_.push_back(std::move(own));
    }

    std::vector<base::Fd> owned_;
};

/// What the one who started and the thread that starts have in common.
class Course {
public:
    Course() : event_(base::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "cannot create an event descriptor")) {}

    // The thread's.

    void run(const Begin& begin, StartOptions options) {
        options.on_progress = [this](std::string_view what) { say({&StartOptions::on_progress, std::string(what)}); };
        options.on_warning = [this](std::string_view what) { say({&StartOptions::on_warning, std::string(what)}); };
        try {
            finish(begin(options, [this](const auto& relay) { reach(relay); }), {});
        } catch (...) {
            finish({}, std::current_exception());
        }
    }

    // The other's.

    [[nodiscard]] int descriptor() const { return event_.get(); }

    [[nodiscard]] bool ready() const {
        const std::lock_guard lock(mutex_);
        return state_ != State::running && said_.empty();
    }

    void tell(const StartOptions& options) {
        while (const auto message = next()) {
            const auto& function = options.*message->function;
            if (function) function(message->text);
        }
    }

    void cancel() {
        std::unique_lock lock(mutex_);
        if (state_ == State::cancelled || state_ == State::taken) return;
        end(State::cancelled);
        said_.clear();
        if (relay_) relay_->interrupt();
        auto started = std::move(started_);
        lock.unlock();
        discard_apart(std::move(started));
    }

    Started take() {
        const std::lock_guard lock(mutex_);
        switch (state_) {
            case State::running: throw Error(ErrorCode::wrong_state, "the start is not over yet");
            case State::cancelled: throw Error(ErrorCode::wrong_state, cancelled);
            case State::taken: throw Error(ErrorCode::wrong_state, "what was started has been taken already");
            case State::over: break;
        }
        state_ = State::taken;
        if (failure_) std::rethrow_exception(std::exchange(failure_, {}));
        return std::move(started_);
    }

private:
    enum class State { running, over, cancelled, taken };

    struct Message {
        std::function<void(std::string_view)> StartOptions::*function;
        std::string text;
    };

    static constexpr const char* cancelled = "the start was cancelled";

    /// Each step of the start is told before it is taken: one that was cancelled goes no further.
    void say(Message message) {
        const std::lock_guard lock(mutex_);
        check();
        said_.push_back(std::move(message));
        signal();
    }

    void reach(const std::shared_ptr<console::Relay>& relay) {
        const std::lock_guard lock(mutex_);
        if (state_ == State::cancelled) relay->interrupt();
        check();
        relay_ = relay;
    }

    void finish(Started started, std::exception_ptr failure) {
        std::unique_lock lock(mutex_);
        relay_.reset();
        if (state_ == State::cancelled) {
            lock.unlock();
            return discard(std::move(started));
        }
        started_ = std::move(started);
        failure_ = std::move(failure);
        end(State::over);
    }

    void check() const {
        if (state_ == State::cancelled) throw Error(ErrorCode::wrong_state, cancelled);
    }

    void end(State state) {
        state_ = state;
        signal();
    }

    /// The descriptor stays readable when the start is over.
    std::optional<Message> next() {
        const std::lock_guard lock(mutex_);
        if (said_.empty()) {
            std::uint64_t count = 0;
            if (state_ == State::running) (void)!::read(event_.get(), &count, sizeof count);
            return std::nullopt;
        }
        Message message = std::move(said_.front());
        said_.pop_front();
        return message;
    }

    void signal() const {
        const std::uint64_t one = 1;
        (void)!::write(event_.get(), &one, sizeof one);
    }

    base::Fd event_;
    mutable std::mutex mutex_;
    State state_ = State::running;
    std::deque<Message> said_;
    std::shared_ptr<console::Relay> relay_;  ///< while there may be something to interrupt
    Started started_;
    std::exception_ptr failure_;
};

}  // namespace

struct PendingStart::Impl {
    Impl(const Begin& begin, const StartOptions& its_options) : options(its_options) {
        auto all = without_functions(options);
        const auto own = std::make_shared<const OwnDescriptors>(all.streams);
        base::start_thread([shared = course, begin, all, own] { shared->run(begin, all); }).detach();
    }

    ~Impl() {
        if (owner.is_here()) course->cancel();
    }

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    base::Owner owner;
    StartOptions options;  ///< for their functions
    std::shared_ptr<Course> course = std::make_shared<Course>();
};

PendingStart::PendingStart(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PendingStart::PendingStart(PendingStart&&) noexcept = default;
PendingStart& PendingStart::operator=(PendingStart&&) noexcept = default;
PendingStart::~PendingStart() = default;

int PendingStart::descriptor() const { return impl_->course->descriptor(); }

void PendingStart::dispatch() { impl_->course->tell(impl_->options); }

bool PendingStart::ready() const { return impl_->course->ready(); }

void PendingStart::cancel() { impl_->course->cancel(); }

Instance PendingStart::take() { return Instance(impl_->course->take()); }

namespace {

PendingStart begin_with(const StartOptions& options, const Begin& begin) {
    return PendingStart(std::make_unique<PendingStart::Impl>(begin, options));
}

}  // namespace

PendingStart Host::start_async(const Sandbox& sandbox, const StartOptions& options) const {
    return begin_with(options, [host = *this, its = impl_, sandbox](const auto& all, const auto& on_relay) {
        return session::start({host, its, all, on_relay}, sandbox, false);
    });
}

PendingStart Host::start_kept_async(const Sandbox& sandbox, const StartOptions& options) const {
    return begin_with(options, [host = *this, its = impl_, sandbox](const auto& all, const auto& on_relay) {
        return session::start({host, its, all, on_relay}, sandbox, true);
    });
}

PendingStart Host::start_kept_async(const std::string& name, const StartOptions& options) const {
    return begin_with(options, [host = *this, its = impl_, name](const auto& all, const auto& on_relay) {
        return session::start_stored({host, its, all, on_relay}, name);
    });
}

}  // namespace sandgraft
