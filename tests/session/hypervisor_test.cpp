// SPDX-License-Identifier: LGPL-2.1-or-later
#include "door.hpp"

#include "virt/uri.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/other_listener.hpp"
#include "support/temp_tree.hpp"

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

using namespace sandgraft;
using test::connect;
using test::document;
using test::error_of;

namespace {

ErrorCode code_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode{};
}

/// What a call prints on standard error.
std::string printed_by(const std::function<void()>& action) {
    std::FILE* file = std::tmpfile();
    REQUIRE(file != nullptr);
    const int before = ::dup(STDERR_FILENO);
    ::dup2(::fileno(file), STDERR_FILENO);
    action();
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    std::rewind(file);
    std::string text(4096, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    return text;
}

}  // namespace

TEST_CASE("a libvirt that cannot be reached is an error with libvirt's reason, and nothing is printed") {
    struct {
        const char* uri;
        ErrorCode code;
        const char* reason;
    } const rows[] = {
        {"lxc+unix:///system?socket=/nonexistent", ErrorCode::hypervisor, "Failed to connect socket to '/nonexistent'"},
        {"nonsense:///", ErrorCode::hypervisor, "no connection driver available"},
        {"lxc+tcp://127.0.0.1:1/", ErrorCode::hypervisor, "Connection refused"},
    };
    for (const auto& row : rows) {
        INFO(row.uri);
        std::string message;
        const auto open = [&] { message = error_of([&] { connect(row.uri); }); };
        CHECK(printed_by(open).empty());
        CHECK(message.find("cannot connect to libvirt at '" + std::string(row.uri) + "': ") == 0);
        CHECK(message.find(row.reason) != std::string::npos);
        CHECK(std::count(message.begin(), message.end(), '\n') == 0);
        CHECK(code_of([&] { connect(row.uri); }) == row.code);
    }
}

TEST_CASE("a connection knows its URI and its host's memory") {
    const auto hypervisor = connect("lxc:///system");
    CHECK(hypervisor->uri() == "lxc:///system");
    CHECK(hypervisor->memory_bytes() >= 64U << 20);
}

TEST_CASE("a libvirt that goes away while it is spoken to is an error, not the end of this program") {
    test::TempTree tree;
    const base::Fd listener = test::unix_socket(tree.at("socket"), ::bind);
    REQUIRE(::listen(listener.get(), 10) == 0);
    std::thread daemon([&] {
        while (const base::Fd connection{::accept(listener.get(), nullptr, nullptr)}) {
        }
    });
    const std::string uri = "lxc+unix:///system?socket=" + tree.at("socket");
    for (int i = 0; i < 300; ++i) CHECK(code_of([&] { (void)connect(uri.c_str()); }) == ErrorCode::hypervisor);
    ::shutdown(listener.get(), SHUT_RDWR);
    daemon.join();
}

TEST_CASE("each connection of a process knows the process that listens at its own other end") {
    test::TempTree tree;
    const test::OtherListener other(tree.at("a socket"), "/run/libvirt/libvirt-sock");
    const std::string uri = "lxc+unix:///system?socket=" + tree.at("a%20socket");
    const auto first = connect("lxc:///system");
    const auto second = connect(uri.c_str());
    const auto third = connect("lxc:///system");
    const auto daemon = first->listening_process();
    REQUIRE(daemon);
    CHECK(std::filesystem::read_symlink("/proc/" + std::to_string(*daemon) + "/exe").filename() == "libvirtd");
    CHECK(second->listening_process() == other.process());
    CHECK(third->listening_process() == daemon);
}

TEST_CASE("a domain that does not start says why, not that it is not there") {
    const auto hypervisor = connect("lxc:///system");
    const auto start = [&](const std::string& text) {
        const std::string message = error_of([&] { (void)hypervisor->create({.document = text, .name = "door"}); });
        UNSCOPED_INFO(message);
        return message;
    };
    CHECK(start("<domain").find("cannot start the sandbox 'door': ") == 0);
    CHECK(start("<domain").find("Start Tag domain") != std::string::npos);
    CHECK(start("<domain type='lxc'><name>door</name></domain>").find("an os <type> must be specified") !=
          std::string::npos);
    const auto no_source = document("door", "/bin/true",
                                    "<filesystem type='mount'><source dir='/nonexistent'/><target dir='/mnt'/>"
                                    "</filesystem>");
    CHECK(start(no_source).find("/nonexistent") != std::string::npos);
}

TEST_CASE("a name is taken once, and the one who has it is unharmed") {
    const auto hypervisor = connect("lxc:///system");
    const auto domain = hypervisor->create({.document = document("door", "/bin/cat"), .name = "door"});
    const auto again = [&] { (void)hypervisor->create({.document = document("door", "/bin/cat"), .name = "door"}); };
    CHECK(error_of(again) == "cannot start the sandbox 'door': a domain of this name exists already");
    CHECK(code_of(again) == ErrorCode::exists);
    CHECK(domain->document().find("<name>door</name>") != std::string::npos);
    domain->destroy();
    CHECK_NOTHROW(domain->destroy());
    CHECK(code_of([&] { (void)domain->document(); }) == ErrorCode::not_found);
}

TEST_CASE("a console that does not exist is an error") {
    const auto hypervisor = connect("lxc:///system");
    const auto domain = hypervisor->create({.document = document("door", "/bin/cat"), .name = "door"});
    CHECK(error_of([&] {
              (void)domain->open_console("console7");
          }).find("cannot open the sandbox's console 'console7': ") == 0);
    domain->destroy();
}

TEST_CASE("a domain ends with its connection") {
    {
        const auto hypervisor = connect("lxc:///system");
        const auto domain = hypervisor->create({.document = document("door", "/bin/cat"), .name = "door"});
    }
    const auto hypervisor = connect("lxc:///system");
    for (int tries = 0; tries < 100; ++tries) {
        if (error_of([&] {
                hypervisor->create({.document = document("door", "/bin/cat"), .name = "door"})->destroy();
            }) == "no error")
            return;
        ::usleep(50000);
    }
    FAIL("the domain is still there");
}
