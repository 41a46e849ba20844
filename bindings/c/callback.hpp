// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guard.hpp"
#include "handle.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sandgraft::c {

/// The user data of a callback, destroyed with the last copy of this.
std::shared_ptr<void> hold(void* user_data, sandgraft_destroy_func destroy);

/// A callback of C as a function of the library's; none for NULL. The arguments are passed as C takes them.
std::function<void(std::string_view)> bound(sandgraft_output_func function, std::shared_ptr<void> user_data);
std::function<void(std::string_view)> bound(sandgraft_text_func function, std::shared_ptr<void> user_data);
std::function<void()> bound(sandgraft_notify_func function, std::shared_ptr<void> user_data);

template <class Handle, class Owner, class Field, class Function>
bool set_callback(Handle* handle, Field Owner::*field, Function function, void* user_data,
                  sandgraft_destroy_func destroy, sandgraft_error** error) noexcept {
    return guard_void(error, [&] {
        auto held = hold(user_data, destroy);
        the(handle).*field = bound(function, std::move(held));
    });
}

}  // namespace sandgraft::c
