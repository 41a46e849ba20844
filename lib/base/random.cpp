// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/random.hpp"

#include "base/fd.hpp"

#include <sys/random.h>
#include <vector>

namespace sandgraft::base {

std::string random_hex(std::size_t bytes) {
    std::vector<unsigned char> drawn(bytes);
    if (::getrandom(drawn.data(), drawn.size(), 0) != static_cast<ssize_t>(drawn.size()))
        throw_errno("cannot draw random bytes");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : drawn) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string random_uuid() {
    std::string uuid = random_hex(16);
    uuid[12] = '4';  // random, and not of a time or a name
    uuid[16] = '8';
    for (const std::size_t at : {20U, 16U, 12U, 8U}) uuid.insert(at, 1, '-');
    return uuid;
}

}  // namespace sandgraft::base
