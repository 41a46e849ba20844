// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <sandgraft/sandbox.hpp>

using namespace sandgraft;

TEST_CASE("published ports are read and written as options") {
    struct {
        const char* text;
        PublishedPort port;
        const char* written;
    } const rows[] = {
        {"8080:80", {"127.0.0.1", 8080, 80}, "127.0.0.1:8080:80"},
        {"0:80/tcp", {"127.0.0.1", 0, 80}, "127.0.0.1:0:80"},
        {"0.0.0.0:65535:65535", {"0.0.0.0", 65535, 65535}, "0.0.0.0:65535:65535"},
        {"[::1]:8080:80", {"::1", 8080, 80}, "[::1]:8080:80"},
        {"[::]:1:2/tcp", {"::", 1, 2}, "[::]:1:2"},
    };
    for (const auto& [text, port, written] : rows) {
        INFO(text);
        CHECK(parse_published_port(text) == port);
        CHECK(to_option(port) == written);
        CHECK(parse_published_port(written) == port);
    }
}

TEST_CASE("what is no published port is refused with a reason") {
    struct {
        const char* text;
        const char* error;
    } const rows[] = {
        {"", "published port '' is not [ADDRESS:]HOSTPORT:PORT"},
        {"80", "published port '80' is not [ADDRESS:]HOSTPORT:PORT"},
        {":80", "published port ':80' is not [ADDRESS:]HOSTPORT:PORT: '' is no port"},
        {"80:", "published port '80:' is not [ADDRESS:]HOSTPORT:PORT: '' is no port"},
        {"80:http", "published port '80:http' is not [ADDRESS:]HOSTPORT:PORT: 'http' is no port"},
        {"65536:80", "published port '65536:80' is not [ADDRESS:]HOSTPORT:PORT: '65536' is no port"},
        {"-1:80", "published port '-1:80' is not [ADDRESS:]HOSTPORT:PORT: '-1' is no port"},
        {"80:0", "the port 0 of a sandbox cannot be published"},
        {"80:80/udp", "published port '80:80/udp': only tcp can be published"},
        {"80:80/", "published port '80:80/': only tcp can be published"},
        {"localhost:80:80", "published port 'localhost:80:80': 'localhost' is not an address such as 0.0.0.0 or [::1]"},
        {":80:80", "published port ':80:80': '' is not an address such as 0.0.0.0 or [::1]"},
        {"::1:80:80", "published port '::1:80:80': '::1' is not an address such as 0.0.0.0 or [::1]"},
        {"[127.0.0.1]:80:80",
         "published port '[127.0.0.1]:80:80': '[127.0.0.1]' is not an address such as 0.0.0.0 or [::1]"},
        {"[:80:80", "published port '[:80:80': '[' is not an address such as 0.0.0.0 or [::1]"},
    };
    for (const auto& row : rows) CHECK(test::error_of([&] { (void)parse_published_port(row.text); }) == row.error);
}
