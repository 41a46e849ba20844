// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/error.hpp>

#include <string>

namespace sandgraft::test {

/// The message of the Error that an action throws; "no error" when it throws none.
template <class Action>
std::string error_of(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace sandgraft::test
