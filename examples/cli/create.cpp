// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft create: a sandbox that libvirt keeps.
#include "boot_unit.hpp"
#include "options.hpp"

#include <iostream>

namespace cli {

namespace {

void print_help() {
    std::cout << "Usage: sandgraft create NAME [OPTION...] [--] COMMAND [ARGUMENT...]\n"
                 "\n"
                 "Has libvirt keep a sandbox, which is not started. The options mean what they mean\n"
                 "to 'sandgraft run', whose help tells of mounts too; without --tty the command has\n"
                 "no terminal. 'sandgraft show NAME' prints the words that made it.\n"
                 "\n"
              << describe_options(Use::create)
              << "\n"
                 "With --on-boot the host's systemd has a unit sandgraft-NAME.service then, which\n"
                 "starts the sandbox on boot and ends it in order, and can be started now.\n"
                 "\n"
                 "Examples:\n"
                 "  sandgraft create web -v /srv/www:/var/www:ro -- httpd -D FOREGROUND\n"
                 "  sandgraft create build -v .:/src -w . --memory 2G -- make\n"
                 "  sandgraft create --on-boot web -- httpd -D FOREGROUND\n";
}

void define(const Request& request) { sandgraft::Host::open({.uri = request.uri}).define(request.sandbox); }

/// Neither without the other.
void define_on_boot(const Request& request) {
    const BootUnit unit(request.sandbox.name, request.uri);
    unit.check();
    const auto host = sandgraft::Host::open({.uri = request.uri});
    host.define(request.sandbox);
    try {
        unit.make();
    } catch (...) {
        host.undefine(request.sandbox.name);
        throw;
    }
}

}  // namespace

int create(const Arguments& arguments) {
    const Request request = parse_create(arguments);
    if (request.help)
        print_help();
    else if (request.on_boot)
        define_on_boot(request);
    else
        define(request);
    return 0;
}

}  // namespace cli
