// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/guardian.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "root/remove.hpp"

#include <sandgraft/error.hpp>

namespace sandgraft::root {

namespace {

std::string purpose(const std::string& directory) {
    return "cannot create the directory " + base::quote(directory) + " for a view of the root";
}

}  // namespace

Guardian::Guardian(const std::string& program, MountNamespace place)
    : place_(std::move(place)),
      directory_("/run/sandgraft-" + base::random_hex(8)),
      guard_(program, {directory_}, place_) {}

Guardian::~Guardian() {
    if (guard_.error() == 0 && guard_.has_ended()) remove();  // somebody killed the guard
}

void Guardian::remove() const {
    try {
        place_.run([&] { remove_directory(directory_.c_str()); });
    } catch (const Error&) {
        // Then there is nobody who can.
    }
}

const std::string& Guardian::directory() {
    if (guard_.error() != 0) base::throw_errno(purpose(directory_), guard_.error());
    return directory_;
}

}  // namespace sandgraft::root
