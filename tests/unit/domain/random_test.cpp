// SPDX-License-Identifier: LGPL-2.1-or-later
#include "samples.hpp"

#include "support/catch.hpp"
#include "support/descriptions.hpp"

#include <sandgraft/sandbox.hpp>

using namespace sandgraft;
using test::Descriptions;

TEST_CASE("any valid description is read back from its document") {
    Descriptions descriptions;
    for (int i = 0; i < 3000; ++i) {
        const Sandbox sandbox = descriptions.next();
        const std::string document = test::document_of(sandbox);
        INFO(document);
        REQUIRE(from_domain_xml(document) == sandbox);
    }
}

TEST_CASE("any valid mount is read back from its option string") {
    Descriptions descriptions;
    for (int i = 0; i < 3000; ++i)
        for (const auto& mount : descriptions.next().mounts) {
            INFO(to_option(mount));
            REQUIRE(parse_mount(to_option(mount)) == mount);
        }
}
