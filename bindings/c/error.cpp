// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guard.hpp"
#include "object.hpp"

#include <new>

namespace sandgraft::c {

namespace {

/// Made before memory can run out, and never freed.
Error out_of_memory(ErrorCode::io, "out of memory");

Error current() {
    try {
        throw;
    } catch (const Error& error) {
        return error;
    } catch (const std::bad_alloc&) {
        return out_of_memory;
    } catch (const std::exception& error) {
        return {ErrorCode::io, error.what()};
    } catch (...) {
        return {ErrorCode::invalid, "a callback has thrown something that is no exception"};
    }
}

}  // namespace

void report(sandgraft_error** error) noexcept {
    if (error == nullptr) return;
    try {
        *error = give(current());
    } catch (...) {
        *error = reinterpret_cast<sandgraft_error*>(&out_of_memory);
    }
}

}  // namespace sandgraft::c

using namespace sandgraft::c;

sandgraft_error_code sandgraft_error_get_code(const sandgraft_error* error) {
    return error == nullptr ? 0 : as_c(value(error)->code());
}

const char* sandgraft_error_get_message(const sandgraft_error* error) {
    return error == nullptr ? nullptr : value(error)->what();
}

int sandgraft_error_get_libvirt_code(const sandgraft_error* error) {
    return error == nullptr ? 0 : value(error)->libvirt_code();
}

void sandgraft_error_free(sandgraft_error* error) {
    if (value(error) != &out_of_memory) release(error);
}
