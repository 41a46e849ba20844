// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft create: a sandbox that libvirt keeps.
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
                 "Examples:\n"
                 "  sandgraft create web -v /srv/www:/var/www:ro -- httpd -D FOREGROUND\n"
                 "  sandgraft create build -v .:/src -w . --memory 2G -- make\n";
}

}  // namespace

int create(const Arguments& arguments) {
    const Request request = parse_create(arguments);
    if (request.help)
        print_help();
    else
        sandgraft::Host::open({.uri = request.uri}).define(request.sandbox);
    return 0;
}

}  // namespace cli
