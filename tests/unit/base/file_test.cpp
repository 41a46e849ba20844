// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/file.hpp"
#include "base/fd.hpp"

#include <sandgraft/error.hpp>

#include "support/catch.hpp"

#include <thread>

using namespace sandgraft;

namespace {

ErrorCode code_of(const std::string& path, std::size_t limit) {
    try {
        base::read_file(path, limit);
    } catch (const Error& error) {
        return error.code();
    }
    FAIL("no error for " << path);
    return {};
}

}  // namespace

TEST_CASE("what is not a plain, small enough file is refused without waiting for it") {
    CHECK(code_of("/nonexistent", 10) == ErrorCode::not_found);
    CHECK(code_of("/dev/zero", 10) == ErrorCode::invalid);
    CHECK(code_of("/", 10) == ErrorCode::invalid);
    CHECK(code_of("/proc/self/status", 10) == ErrorCode::invalid);
    CHECK(base::read_file("/proc/self/comm", 100) == "test-base\n");
}

TEST_CASE("a pipe is read to its end and no further than the limit") {
    auto [reader, writer] = base::make_pipe();
    const std::string data(100'000, 'x');
    std::thread feeder([&data, w = std::move(writer)] { base::write_all(w.get(), data, "pipe"); });
    CHECK(base::read_all(reader.get(), 100'000, "pipe") == data);
    feeder.join();
}
