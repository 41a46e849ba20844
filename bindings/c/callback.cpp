// SPDX-License-Identifier: LGPL-2.1-or-later
#include "callback.hpp"

namespace sandgraft::c {

std::shared_ptr<void> hold(void* user_data, sandgraft_destroy_func destroy) {
    return {user_data, [destroy](void* data) {
                if (destroy != nullptr) destroy(data);
            }};
}

std::function<void(std::string_view)> bound(sandgraft_output_func function, std::shared_ptr<void> user_data) {
    if (function == nullptr) return {};
    return [function, held = std::move(user_data)](std::string_view text) {
        function(text.data(), text.size(), held.get());
    };
}

std::function<void(std::string_view)> bound(sandgraft_text_func function, std::shared_ptr<void> user_data) {
    if (function == nullptr) return {};
    return [function, held = std::move(user_data)](std::string_view text) {
        function(std::string(text).c_str(), held.get());
    };
}

std::function<void()> bound(sandgraft_notify_func function, std::shared_ptr<void> user_data) {
    if (function == nullptr) return {};
    return [function, held = std::move(user_data)] { function(held.get()); };
}

}  // namespace sandgraft::c
