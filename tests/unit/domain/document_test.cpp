// SPDX-License-Identifier: LGPL-2.1-or-later
#include "samples.hpp"

#include "base/file.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <sandgraft/sandbox.hpp>

#include <cstdlib>
#include <fstream>

using namespace sandgraft;

namespace {

/// The golden file of a sample; SANDGRAFT_UPDATE_GOLDEN=1 rewrites it with the document.
std::string golden(const std::string& name, const std::string& document) {
    const std::string path = std::string(SANDGRAFT_GOLDEN_DIR) + "/" + name + ".xml";
    if (std::getenv("SANDGRAFT_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << document;
    return base::read_file(path, 8 << 20);
}

}  // namespace

TEST_CASE("every sample has the document of its golden file") {
    for (const auto& sandbox : test::samples()) {
        INFO(sandbox.name);
        const std::string document = test::document_of(sandbox);
        CHECK(document == golden(sandbox.name, document));
    }
}

TEST_CASE("a document is read back as the description that it was written from") {
    for (const auto& sandbox : test::samples()) {
        INFO(sandbox.name);
        CHECK(from_domain_xml(test::document_of(sandbox)) == sandbox);
    }
}

TEST_CASE("a document of the largest description is read back") {
    Sandbox sandbox = test::samples().front();
    sandbox.mounts = {{"/a", File{std::string(1 << 20, '\xFF')}, false}};
    for (int i = 0; i < 999; ++i) sandbox.mounts.push_back({"/b/" + std::to_string(i), HostBind{"/srv"}, true});
    CHECK(from_domain_xml(test::document_of(sandbox)) == sandbox);
}

TEST_CASE("a domain has the UUID that a start gives it, and the description none") {
    const Sandbox sandbox = test::samples().front();
    Provision provision = test::fixed_provision();
    provision.uuid = "0e4c4ad1-6a47-4f09-8b3c-1d2a8c9e0f11";
    const std::string document = to_domain_xml(sandbox, test::fixed_host(), provision);
    CHECK(document.find("<uuid>" + provision.uuid + "</uuid>\n") != std::string::npos);
    CHECK(from_domain_xml(document) == sandbox);
}

TEST_CASE("directories that a start makes for mount targets are in its document and not in the description") {
    Sandbox sandbox = test::samples().front();
    sandbox.mounts = {{"/var/lock/x", Ram{1 << 20}, false}, {"/g/a/f", HostBind{"/f"}, false}, {"/g", Ram{}, false}};
    const Provision provision{.init = "/init", .root = "/", .directories = {"/run/lock/x", "/g/a"}};
    const std::string document = to_domain_xml(sandbox, test::fixed_host(), provision);
    const auto target = [&](const std::string& path) { return document.find("<target dir='" + path + "'/>"); };
    CHECK(target("/run") < target("/run/lock/x"));
    CHECK(target("/run/lock/x") < target("/var/lock/x"));
    CHECK(target("/g") < target("/g/a"));
    CHECK(target("/g/a") < target("/g/a/f"));
    CHECK(from_domain_xml(document) == sandbox);
}

TEST_CASE("a limit of memory is one of memory and swap together, as the host's control groups count them") {
    struct Row {
        std::uint64_t memory_bytes;
        SwapLimit counted;
        std::string limit;  // empty: none
    };
    const Row rows[] = {
        {128 << 20, SwapLimit::memory_and_swap, "134217728"}, {128 << 20, SwapLimit::swap, "0"},
        {128 << 20, SwapLimit::none, ""},                     {0, SwapLimit::memory_and_swap, ""},
        {0, SwapLimit::swap, ""},
    };
    for (const auto& row : rows) {
        Sandbox sandbox = test::samples().front();
        sandbox.memory_bytes = row.memory_bytes;
        Capabilities host = test::fixed_host();
        host.swap_limit = row.counted;
        const std::string document = to_domain_xml(sandbox, host);
        const bool limited = document.find("<memtune>") != std::string::npos;
        CHECK(limited == !row.limit.empty());
        const std::string element = "<swap_hard_limit unit='b'>" + row.limit + "</swap_hard_limit>";
        CHECK((document.find(element) != std::string::npos) == limited);
        CHECK(from_domain_xml(document) == sandbox);
    }
}

TEST_CASE("what has no document") {
    struct Row {
        void (*change)(Sandbox& sandbox, Capabilities& host, Provision& provision);
        std::string message;
    };
    const Row rows[] = {
        {[](Sandbox& s, Capabilities&, Provision&) { s.name.clear(); },
         "a sandbox without a name has no domain document"},
        {[](Sandbox& s, Capabilities&, Provision&) { s.name = std::string(64, 'a'); }, "no error"},
        {[](Sandbox& s, Capabilities&, Provision&) { s.name = std::string(63, 'a') + "\xC3\xBC"; },
         "sandbox name '" + std::string(63, 'a') + "\xC3\xBC' is longer than the 64 bytes that a container's may have"},
        {[](Sandbox& s, Capabilities&, Provision&) { s.payload = {}; }, "the sandbox has no command"},
        {[](Sandbox&, Capabilities&, Provision& p) { p.init = "init"; },
         "path of sandgraft-init 'init' is not an absolute path"},
        {[](Sandbox&, Capabilities&, Provision& p) { p.root = "view"; },
         "path of the prepared root 'view' is not an absolute path"},
        {[](Sandbox&, Capabilities& c, Provision&) { c.driver = Driver::qemu; },
         "this version makes no virtual machines"},
        {[](Sandbox&, Capabilities& c, Provision&) { c.user.clear(); },
         "neither the sandbox nor the host names a user"},
        {[](Sandbox&, Capabilities& c, Provision&) { c.memory_bytes = 0; },
         "neither the sandbox nor the host says how much memory there is"},
    };
    for (const auto& row : rows) {
        Sandbox sandbox = test::samples().front();
        Capabilities host = test::fixed_host();
        Provision provision = test::fixed_provision();
        row.change(sandbox, host, provision);
        CHECK(test::error_of([&] { (void)to_domain_xml(sandbox, host, provision); }) == row.message);
    }
}

TEST_CASE("a document that libvirt's protocol does not take is not written") {
    Sandbox sandbox = test::samples().front();
    sandbox.payload = Command{.argv = std::vector<std::string>(100'000, "x")};
    const std::string message = test::error_of([&] { (void)test::document_of(sandbox); });
    CHECK(message.starts_with("the arguments, environment and mounts of sandbox 'plain' make a document of "));
    CHECK(message.ends_with(" bytes, libvirt takes 4194304"));
}
