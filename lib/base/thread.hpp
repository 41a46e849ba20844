// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/blocked_signals.hpp"

#include <sandgraft/error.hpp>

#include <future>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

namespace sandgraft::base {

/// Starts a thread that takes no signal.
/// @throws Error io when the system has no thread to give.
template <typename Action>
std::thread start_thread(Action action) {
    const BlockedSignals blocked;
    try {
        return std::thread(std::move(action));
    } catch (const std::system_error& error) {
        throw Error(ErrorCode::io, std::string("cannot start a thread: ") + error.code().message());
    }
}

/// What an action returns or throws, once a thread of its own has run it; that one nobody needs to wait for.
/// @throws Error as start_thread().
template <typename Action, typename Result = std::invoke_result_t<Action>>
std::future<Result> run_apart(Action action) {
    std::packaged_task<Result()> task(std::move(action));
    auto result = task.get_future();
    start_thread(std::move(task)).detach();
    return result;
}

}  // namespace sandgraft::base
