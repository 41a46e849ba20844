// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"

#include <iostream>

namespace cli {

namespace {

void print_help() {
    std::cout << "Usage: sandgraft xml [OPTION...] [--] COMMAND [ARGUMENT...]\n"
                 "\n"
                 "Prints the libvirt domain document of what 'sandgraft run' with the same words\n"
                 "would start. It needs no libvirt: --virt decides the driver.\n"
                 "\n"
              << describe_options(Use::xml)
              << "\n"
                 "Examples:\n"
                 "  sandgraft xml -n web -- /usr/sbin/apache2ctl -D FOREGROUND\n"
                 "  sandgraft xml -- true | virt-xml-validate - domain\n";
}

}  // namespace

int xml(const Arguments& arguments) {
    Request request = parse_request(arguments, Use::xml);
    if (request.help) {
        print_help();
        return 0;
    }
    if (request.sandbox.name.empty()) request.sandbox.name = "sandgraft";
    std::cout << sandgraft::to_domain_xml(request.sandbox, sandgraft::local_capabilities());
    return 0;
}

}  // namespace cli
