// SPDX-License-Identifier: LGPL-2.1-or-later
// What the functions of a value are: each is one call of these.
#pragma once

#include "convert.hpp"
#include "guard.hpp"

namespace sandgraft::c {

template <class Value>
auto make(sandgraft_error** error) noexcept {
    return guard(error, [] { return give(Value{}); });
}

template <class Handle>
Handle* copy(const Handle* handle, sandgraft_error** error) noexcept {
    return guard(error, [&] { return give(ValueOf<Handle>(the(handle))); });
}

template <class Handle>
bool equal(const Handle* one, const Handle* other) noexcept {
    return one != nullptr && other != nullptr && *value(one) == *value(other);
}

template <class Handle>
void release(Handle* handle) noexcept {
    delete value(handle);
}

/// A field of what may not be there.
template <class Value, class Owner, class Field>
auto field_of(const Value* value, Field Owner::*field) noexcept {
    using Result = decltype(as_c(value->*field));
    return value == nullptr ? Result{} : as_c(value->*field);
}

template <class Handle, class Owner, class Field>
auto get(const Handle* handle, Field Owner::*field) noexcept {
    return field_of(value(handle), field);
}

template <class Handle, class Owner, class Field, class Given>
bool set(Handle* handle, Field Owner::*field, Given given, sandgraft_error** error) noexcept {
    return guard_void(error, [&] { assign(the(handle).*field, given); });
}

/// Where a number goes that a function tells beside what it returns.
template <class Value>
Value& out(Value* given) {
    if (given == nullptr) throw Error(ErrorCode::invalid, "NULL was given for a result");
    return *given;
}

// Lists.

template <class Handle>
std::size_t count(const Handle* list) noexcept {
    return list == nullptr ? 0 : value(list)->size();
}

template <class Handle>
auto element(const Handle* list, std::size_t index) noexcept {
    using Result = decltype(as_c(value(list)->front()));
    return index < count(list) ? as_c((*value(list))[index]) : Result{};
}

template <class Handle, class Element>
bool append(Handle* list, const Element* element, sandgraft_error** error) noexcept {
    return guard_void(error, [&] { the(list).push_back(the(element)); });
}

/// The payload where it is of that type, else NULL.
template <class Value, class Handle>
const HandleOf<Value>* payload(const Handle* owner) noexcept {
    return owner == nullptr ? nullptr : handle(std::get_if<Value>(&value(owner)->payload));
}

}  // namespace sandgraft::c
