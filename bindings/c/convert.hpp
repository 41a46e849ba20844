// SPDX-License-Identifier: LGPL-2.1-or-later
// What crosses the line: a value as C has it, and what C has given as a value. One overload for each kind of field.
#pragma once

#include "enums.hpp"
#include "handle.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sandgraft::c {

template <class Value>
concept Number = std::is_arithmetic_v<Value>;

template <class Value>
concept Kept = requires {
    typename HandleOf<Value>;
};

/// A text that C has given. @throws Error invalid for NULL.
const char* text(const char* given);
std::vector<std::string> texts(const char* const* given);
std::map<std::string, std::string> environment(const char* const* given);

/// A text that the caller owns.
char* give_text(const std::string& text);
sandgraft_strings* give_environment(const std::map<std::string, std::string>& environment);

/// As a deadline that can be added to any time: at most ten years.
std::chrono::milliseconds deadline(std::int64_t milliseconds);

inline const char* as_c(const std::string& value) { return value.c_str(); }
inline std::int64_t as_c(std::chrono::milliseconds value) { return value.count(); }

template <Number Value>
Value as_c(Value value) {
    return value;
}

template <Enumeration Value>
int as_c(Value value) {
    return static_cast<int>(value);
}

template <Kept Value>
const HandleOf<Value>* as_c(const Value& value) {
    return handle(&value);
}

inline void assign(std::string& field, const char* given) { field = text(given); }
inline void assign(std::vector<std::string>& field, const char* const* given) { field = texts(given); }
inline void assign(std::map<std::string, std::string>& field, const char* const* given) { field = environment(given); }
inline void assign(std::chrono::milliseconds& field, std::int64_t given) { field = deadline(given); }

template <Number Value>
void assign(Value& field, Value given) {
    field = given;
}

template <Enumeration Value>
void assign(Value& field, int given) {
    field = enumerator<Value>(given);
}

template <Kept Value>
void assign(Value& field, const HandleOf<Value>* given) {
    field = the(given);
}

}  // namespace sandgraft::c
