// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/file.hpp"
#include "base/fd.hpp"

#include <sandgraft/error.hpp>

#include "support/catch.hpp"
#include "support/temp_tree.hpp"

#include <fcntl.h>
#include <cerrno>
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

TEST_CASE("a path in a root never leaves it") {
    test::TempTree tree;
    tree.file("root/etc/motd", "inside");
    tree.file("etc/motd", "outside");
    tree.link("root/absolute", "/etc/motd");
    tree.link("root/up", "../../etc/motd");
    const base::Fd root = base::checked(::open(tree.at("root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "root");
    for (const char* path : {"/etc/motd", "etc/motd", "/../etc/motd", "/absolute", "/up"}) {
        const base::Fd fd = base::open_in(root.get(), path, O_RDONLY);
        REQUIRE(fd);
        CHECK(base::read_all(fd.get(), 100, path) == "inside");
        CHECK(base::descriptor_path(fd.get()) == tree.at("root/etc/motd"));
        CHECK((::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
    }
    CHECK_FALSE(base::open_in(root.get(), "/missing", O_RDONLY));
    CHECK(errno == ENOENT);
    CHECK(base::descriptor_path(-1).empty());
}
