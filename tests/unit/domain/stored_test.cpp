// SPDX-License-Identifier: LGPL-2.1-or-later
#include "samples.hpp"

#include "domain/stored.hpp"
#include "support/catch.hpp"
#include "support/descriptions.hpp"
#include "support/error_of.hpp"

#include <sandgraft/sandbox.hpp>

#include <pugixml.hpp>

#include <sstream>

using namespace sandgraft;
using domain::cloned;
using domain::provisioned;
using domain::read_stored;
using domain::renamed;

namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto position = text.find(from);
    REQUIRE(position != std::string::npos);
    return text.replace(position, from.size(), to);
}

/// Without what only lays a document out.
std::string laid_out(const std::string& document) {
    pugi::xml_document parsed;
    REQUIRE(parsed.load_string(document.c_str()));
    std::ostringstream out;
    parsed.save(out);
    return std::move(out).str();
}

std::string plain() { return test::document_of(test::samples().front()); }

/// What an administrator may have added, and how it is named.
struct Row {
    const char* before;
    const char* added;
    const char* name;
};

constexpr Row additions[] = {
    {"</devices>", "<hostdev mode='capabilities' type='misc'><source><char>/dev/x</char></source></hostdev>",
     "devices/hostdev mode='capabilities' type='misc'"},
    {"</devices>", "<interface type='network'><mac address='52:54:00:00:00:01'/></interface>",
     "devices/interface type='network'"},
    {"</devices>", "<filesystem type='block'><source dev='/dev/x'/><target dir='/x'/></filesystem>",
     "devices/filesystem type='block'"},
    {"<readonly/>", "<driver type='loop'/>", "devices/filesystem/driver type='loop'"},
    {"<memory", "<title>of  mine</title>", "title"},
    {"</os>", "<initarg>-x</initarg>", "os/initarg"},
    {"</capabilities>", "<sys_admin state='on'/>", "features/capabilities/sys_admin state='on'"},
    {"</metadata>", "<x:sandbox xmlns:x='urn:x'> </x:sandbox>", "metadata/x:sandbox xmlns:x='urn:x'"},
    {"<vcpu>", "<memtune><hard_limit unit='KiB'>900000</hard_limit></memtune>", "memtune/hard_limit unit='KiB'"},
    {"<vcpu>", "<idmap/>", "idmap"},
};

std::string with(const Row& row) {
    return replaced(plain(), row.before,
                    row.before[1] == '/' ? std::string(row.added) + row.before : row.added + std::string(row.before));
}

}  // namespace

TEST_CASE("what a document has and no description says is named, and the description is read") {
    for (const auto& row : additions) {
        const auto stored = read_stored(with(row));
        CHECK(stored.foreign == std::vector<std::string>{row.name});
        CHECK(stored.sandbox == test::samples().front());
    }
    for (const auto& sandbox : test::samples()) CHECK(read_stored(test::document_of(sandbox)).foreign.empty());
}

TEST_CASE("what libvirt adds by itself is not foreign") {
    const auto stored = read_stored(
        replaced(replaced(plain(), "<os>", "<currentMemory>8388608</currentMemory><clock offset='utc'/><os>"),
                 "<devices>", "<devices><emulator>/usr/lib/libvirt/libvirt_lxc</emulator>"));
    CHECK(stored.foreign.empty());
}

TEST_CASE("a document without Sandgraft's metadata is not read, with or without foreign elements") {
    const auto document = replaced(with(additions[0]), "https://sandgraft.org", "https://example.org");
    CHECK(test::error_of([&] { (void)read_stored(document); }) == "domain 'plain': it was not made by Sandgraft");
}

TEST_CASE("the payload is read from the metadata alone") {
    for (const auto& sandbox : test::samples()) {
        const std::string document = test::document_of(sandbox);
        const auto begin = document.find("<sandgraft:sandbox");
        const auto end = document.find("</metadata>");
        CHECK(domain::read_stored_payload(document.substr(begin, end - begin)) == sandbox.payload);
    }
}

TEST_CASE("a stored document that gets a start's facts is the document of that start") {
    test::Descriptions descriptions;
    const Provision start{.init = "/elsewhere/init", .root = "/run/view"};
    Capabilities host = test::fixed_host();
    host.memory_bytes *= 2;
    host.swap_limit = SwapLimit::swap;
    for (int i = 0; i < 1000; ++i) {
        const Sandbox sandbox = descriptions.next();
        const std::string given = provisioned(test::document_of(sandbox), start, host);
        INFO(given);
        REQUIRE(laid_out(given) == laid_out(to_domain_xml(sandbox, host, start)));
        REQUIRE(laid_out(provisioned(given, test::fixed_provision(), test::fixed_host())) ==
                laid_out(test::document_of(sandbox)));
    }
}

TEST_CASE("directories for mount targets come with a start and go with the next") {
    Sandbox sandbox = test::samples().front();
    sandbox.mounts = {{"/var/lock/x", Ram{1 << 20}, false}, {"/g", Ram{}, false}, {"/g/a/f", HostBind{"/f"}, false}};
    const Provision start{.init = "/init", .root = "/", .directories = {"/run/lock/x", "/g/a"}};
    const std::string stored = test::document_of(sandbox);
    const std::string given = provisioned(stored, start, test::fixed_host());
    const auto target = [&](const std::string& path) { return given.find("<target dir='" + path + "'/>"); };
    const auto quoted = [&](const std::string& path) { return given.find("<target dir=\"" + path + "\"/>"); };
    const auto at = [&](const std::string& path) { return std::min(target(path), quoted(path)); };
    CHECK(at("/run") < at("/run/lock/x"));
    CHECK(at("/g") < at("/g/a"));
    CHECK(at("/g/a") < at("/g/a/f"));
    CHECK(from_domain_xml(given) == sandbox);
    CHECK(laid_out(provisioned(given, test::fixed_provision(), test::fixed_host())) == laid_out(stored));
}

TEST_CASE("a start keeps what was added to a document") {
    const Provision start{.init = "/elsewhere/init", .root = "/run/view"};
    for (const auto& row : additions) {
        const std::string given = provisioned(with(row), start, test::fixed_host());
        const auto stored = read_stored(given);
        CHECK(stored.foreign == std::vector<std::string>{row.name});
        CHECK(stored.sandbox == test::samples().front());
        CHECK(given.find("/run/view") != std::string::npos);
    }
}

TEST_CASE("a changed memory is a start's too, and its limit of swap follows") {
    Sandbox sandbox = test::samples().front();
    sandbox.memory_bytes = 512 << 20;
    const std::string edited =
        replaced(test::document_of(sandbox), "<memory unit='b'>536870912", "<memory unit='MiB'>256");
    sandbox.memory_bytes = 256 << 20;
    CHECK(read_stored(edited).sandbox == sandbox);
    const std::string given = provisioned(edited, test::fixed_provision(), test::fixed_host());
    CHECK(given.find(">268435456</swap_hard_limit>") != std::string::npos);
    CHECK(read_stored(given).sandbox == sandbox);
}

TEST_CASE("a renamed document differs in its name, and a clone in the addresses of its interfaces too") {
    const std::string stored = replaced(with(additions[1]), "</name>", "</name><uuid>1-2</uuid><!-- kept --> ");
    const std::string renamed_one = renamed(stored, "other & <one>");
    CHECK(laid_out(renamed_one) ==
          laid_out(replaced(replaced(stored, "<name>plain", "<name>other &amp; &lt;one&gt;"), "<uuid>1-2</uuid>", "")));
    CHECK(renamed_one.find("<!-- kept --> ") != std::string::npos);
    CHECK(renamed_one.find("52:54:00") != std::string::npos);
    CHECK(laid_out(cloned(stored, "b")) ==
          laid_out(replaced(renamed(stored, "b"), "<mac address=\"52:54:00:00:00:01\"/>", "")));
}

TEST_CASE("a name that no sandbox can have") {
    CHECK(test::error_of([] { (void)renamed(plain(), ""); }) == "the new name is empty");
    CHECK(test::error_of([] { (void)cloned(plain(), "a/b"); }) == "sandbox name 'a/b' contains a slash");
    CHECK(test::error_of([] {
              (void)renamed(plain(), std::string(65, 'a'));
          }).ends_with("is longer than the 64 bytes that a container's may have"));
}
