// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

using namespace sandgraft;
using namespace sandgraft::c;

sandgraft_published_port* sandgraft_published_port_parse(const char* given, sandgraft_error** error) {
    return guard(error, [&] { return give(parse_published_port(text(given))); });
}

char* sandgraft_published_port_to_option(const sandgraft_published_port* port, sandgraft_error** error) {
    return guard(error, [&] { return give_text(to_option(the(port))); });
}

sandgraft_published_port* sandgraft_published_port_new(sandgraft_error** error) { return make<PublishedPort>(error); }

sandgraft_published_port* sandgraft_published_port_copy(const sandgraft_published_port* port, sandgraft_error** error) {
    return copy(port, error);
}

bool sandgraft_published_port_equal(const sandgraft_published_port* port, const sandgraft_published_port* other) {
    return equal(port, other);
}

void sandgraft_published_port_free(sandgraft_published_port* port) { release(port); }

const char* sandgraft_published_port_get_address(const sandgraft_published_port* port) {
    return get(port, &PublishedPort::address);
}

bool sandgraft_published_port_set_address(sandgraft_published_port* port, const char* address,
                                          sandgraft_error** error) {
    return set(port, &PublishedPort::address, address, error);
}

uint16_t sandgraft_published_port_get_host_port(const sandgraft_published_port* port) {
    return get(port, &PublishedPort::host_port);
}

bool sandgraft_published_port_set_host_port(sandgraft_published_port* port, uint16_t host_port,
                                            sandgraft_error** error) {
    return set(port, &PublishedPort::host_port, host_port, error);
}

uint16_t sandgraft_published_port_get_port(const sandgraft_published_port* port) {
    return get(port, &PublishedPort::port);
}

bool sandgraft_published_port_set_port(sandgraft_published_port* port, uint16_t number, sandgraft_error** error) {
    return set(port, &PublishedPort::port, number, error);
}
