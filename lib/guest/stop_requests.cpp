// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest/stop_requests.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cstdint>

namespace sandgraft::guest {

namespace {

/// initreq.h of sysvinit, which nothing else here needs.
struct Request {
    std::uint32_t magic;
    std::uint32_t command;
    std::uint32_t runlevel;
    std::uint32_t sleep_time;
    std::array<char, 368> data;
};

constexpr std::uint32_t request_magic = 0x03091969;
constexpr std::uint32_t change_runlevel = 1;

bool ends_sandbox(const Request& request) {
    return request.magic == request_magic && request.command == change_runlevel &&
           (request.runlevel == '0' || request.runlevel == '6');
}

base::Fd make_fifo() {
    constexpr const char* path = "/dev/initctl";
    if (::mkfifo(path, 0600) < 0) base::throw_errno("cannot create the fifo " + base::quote(path));
    // For writing too: without a writer a fifo is for ever at its end.
    return base::checked(::open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC), "cannot open " + base::quote(path));
}

}  // namespace

StopRequests::StopRequests() : fifo_(make_fifo()) {}

bool StopRequests::take() const {
    Request request{};
    bool ends = false;
    while (::read(fifo_.get(), &request, sizeof request) == sizeof request) ends = ends || ends_sandbox(request);
    return ends;
}

}  // namespace sandgraft::guest
