// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/guardian.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "root/apart.hpp"
#include "root/remove.hpp"

#include <sandgraft/error.hpp>

#include <poll.h>
#include <unistd.h>
#include <cerrno>

namespace sandgraft::root {

namespace {

std::string purpose(const std::string& directory) {
    return "cannot create the directory " + base::quote(directory) + " for a view of the root";
}

}  // namespace

Guardian::Guardian(const std::string& program, MountNamespace place)
    : place_(std::move(place)), directory_("/run/sandgraft-" + base::random_hex(8)) {
    auto [lease, kept_lease] = base::make_pipe();
    auto [kept_answer, answer] = base::make_pipe();
    start_apart({.path = program, .arguments = {directory_}, .descriptors = {lease.get(), answer.get()}}, place_);
    lease_ = std::move(kept_lease);
    answer_ = std::move(kept_answer);
}

Guardian::~Guardian() {
    if (error() != 0) return;
    pollfd end{.fd = answer_.get(), .events = 0, .revents = 0};
    if (::poll(&end, 1, 0) > 0) remove();  // somebody killed the guard
}

void Guardian::remove() const {
    try {
        place_.run([&] { remove_directory(directory_.c_str()); });
    } catch (const Error&) {
        // Then there is nobody who can.
    }
}

const std::string& Guardian::directory() {
    if (error() != 0) base::throw_errno(purpose(directory_), error());
    return directory_;
}

int Guardian::error() {
    if (error_) return *error_;
    int error = 0;
    ssize_t n = 0;
    do n = ::read(answer_.get(), &error, sizeof error);
    while (n < 0 && errno == EINTR);
    error_ = n == sizeof error ? error : ECONNRESET;  // where somebody killed it
    return *error_;
}

}  // namespace sandgraft::root
