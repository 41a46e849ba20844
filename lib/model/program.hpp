// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/process.hpp>

#include <map>
#include <string>
#include <string_view>

namespace sandgraft::model {

/// USER or USER:GROUP, each a name or a number; empty: whoever it is otherwise.
void check_user(std::string_view user);

void check_environment(const std::map<std::string, std::string>& environment);

/// Whether a program makes sense by itself.
void check_program(const Program& program);

}  // namespace sandgraft::model
