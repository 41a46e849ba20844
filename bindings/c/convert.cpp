// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace sandgraft::c {

const char* text(const char* given) {
    if (given == nullptr) throw Error(ErrorCode::invalid, "NULL was given for a text");
    return given;
}

std::vector<std::string> texts(const char* const* given) {
    if (given == nullptr) throw Error(ErrorCode::invalid, "NULL was given for a list of texts");
    std::vector<std::string> all;
    for (; *given != nullptr; ++given) all.emplace_back(*given);
    return all;
}

std::map<std::string, std::string> environment(const char* const* given) {
    std::map<std::string, std::string> all;
    for (const auto& entry : texts(given)) {
        const auto end = entry.find('=');
        if (end == std::string::npos) throw Error(ErrorCode::invalid, "a variable of an environment has no '='");
        all[entry.substr(0, end)] = entry.substr(end + 1);
    }
    return all;
}

char* give_text(const std::string& text) {
    char* given = ::strdup(text.c_str());
    if (given == nullptr) throw std::bad_alloc();
    return given;
}

sandgraft_strings* give_environment(const std::map<std::string, std::string>& environment) {
    std::vector<std::string> all;
    for (const auto& [name, value] : environment) all.push_back(name + "=" + value);
    return give(std::move(all));
}

std::chrono::milliseconds deadline(std::int64_t milliseconds) {
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 3652);
    return std::min(std::chrono::milliseconds(milliseconds), longest);
}

}  // namespace sandgraft::c

void sandgraft_string_free(char* text) { std::free(text); }
