// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/other_sockets.hpp"

#include "support/catch.hpp"
#include "support/other_listener.hpp"
#include "support/temp_tree.hpp"

using namespace sandgraft;
using test::OtherListener;
using test::unix_socket;

TEST_CASE("of the sockets that were opened meanwhile the one is found that leads where it should") {
    test::TempTree tree;
    for (const char* directory : {"one/run/libvirt", "two"}) tree.directory(directory);
    const std::string first = tree.at("one/run/libvirt/libvirt-sock");
    const std::string second = tree.at("two/socket");
    const OtherListener one(first);
    const OtherListener two(second);
    tree.link("link", second);
    struct {
        std::vector<std::string> before;
        std::vector<std::string> opened;
        std::string path;
        std::optional<pid_t> found;
    } const rows[] = {
        {{}, {}, "", std::nullopt},
        {{}, {first}, "", one.process()},
        {{}, {second}, "", std::nullopt},
        {{}, {first, second}, "", one.process()},
        {{}, {second, first}, second, two.process()},
        {{}, {first, second}, first, one.process()},
        {{first}, {second}, second, two.process()},
        {{second, first}, {first}, "", one.process()},
        {{first, second}, {}, first, std::nullopt},
        {{}, {tree.at("link")}, tree.at("link"), two.process()},
        {{first}, {second, second}, tree.at("link"), two.process()},
        {{}, {first, second}, tree.at("link"), std::nullopt},
    };
    for (const auto& row : rows) {
        CAPTURE(row.before, row.opened, row.path);
        std::vector<base::Fd> sockets;
        for (const auto& path : row.before) sockets.push_back(unix_socket(path, ::connect));
        const virt::OtherSockets others;
        for (const auto& path : row.opened) sockets.push_back(unix_socket(path, ::connect));
        CHECK(others.listener(row.path) == row.found);
    }
}

TEST_CASE("where the listener has gone the first process listens") {
    pid_t gone = 0;
    {
        test::TempTree tree;
        gone = OtherListener(tree.at("socket")).process();
    }
    CHECK(virt::successor(gone) == 1);
    CHECK(virt::successor(::getpid()) == ::getpid());
    CHECK(virt::successor(0) == 0);
}
