// SPDX-License-Identifier: LGPL-2.1-or-later
#include "samples.hpp"

#include "support/catch.hpp"

#include <sandgraft/sandbox.hpp>

#include <algorithm>

using namespace sandgraft;

namespace {

const Sandbox& sample(std::string_view name) {
    const auto& all = test::samples();
    return *std::find_if(all.begin(), all.end(), [&](const Sandbox& s) { return s.name == name; });
}

/// A change of the document, as an administrator makes with `virsh edit`, and what it means for the description.
struct Row {
    const char* sample;
    const char* before;
    const char* after;
    void (*change)(Sandbox& sandbox);
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto position = text.find(from);
    REQUIRE(position != std::string::npos);
    return text.replace(position, from.size(), to);
}

void remove(Sandbox& sandbox, std::string_view target) {
    std::erase_if(sandbox.mounts, [&](const Mount& mount) { return mount.target == target; });
}

Mount& at(Sandbox& sandbox, std::string_view target) {
    return *std::find_if(sandbox.mounts.begin(), sandbox.mounts.end(),
                         [&](const Mount& mount) { return mount.target == target; });
}

}  // namespace

TEST_CASE("where a document was edited, its standard elements win over the metadata") {
    const char* const www =
        "    <filesystem type='mount'>\n"
        "      <source dir='/home/alice/www'/>\n"
        "      <target dir='/srv/www'/>\n"
        "      <readonly/>\n"
        "    </filesystem>\n";
    const Row rows[] = {
        {"plain", "<name>plain", "<name>other", [](Sandbox& s) { s.name = "other"; }},
        {"plain", "<memory unit='b'>8589934592", "<memory unit='KiB'>8388608", [](Sandbox&) {}},
        {"plain", "<memory unit='b'>8589934592", "<memory unit='GB'>1",
         [](Sandbox& s) { s.memory_bytes = 1'000'000'000; }},
        {"plain", "<memory unit='b'>8589934592", "<memory>1048576", [](Sandbox& s) { s.memory_bytes = 1 << 30; }},
        {"privileged", "<memory unit='b'>67108865", "<memory unit='KiB'>65537", [](Sandbox&) {}},
        {"privileged", "<memory unit='b'>67108865", "<memory unit='KiB'>65536",
         [](Sandbox& s) { s.memory_bytes = 64 << 20; }},
        {"every-property", "<memory unit='b'>536870912", "<memory unit='MiB'>256",
         [](Sandbox& s) { s.memory_bytes = 256 << 20; }},
        {"every-property", "<swap_hard_limit unit='b'>536870912", "<swap_hard_limit unit='MiB'>1024", [](Sandbox&) {}},
        {"every-property", "<quota>300000", "<quota>350000", [](Sandbox& s) { s.vcpus = 3.5; }},
        {"every-property", "<quota>300000", "<quota>-1", [](Sandbox& s) { s.vcpus = 0; }},
        {"every-property", "<period>100000</period>", "<period>300000</period>", [](Sandbox& s) { s.vcpus = 1; }},
        {"every-property", "<target dir='/'/>", "<target dir='/'/><!-- a remark -->", [](Sandbox&) {}},
        {"every-property", "<source dir='/srv/root &amp; &lt;other&gt;'/>", "<source dir='/'/>",
         [](Sandbox& s) { s.root = std::string("/"); }},
        {"every-property", www, "", [](Sandbox& s) { remove(s, "/srv/www"); }},
        {"every-property", "/home/alice/www", "/home/bob/www",
         [](Sandbox& s) { at(s, "/srv/www").source = HostBind{"/home/bob/www"}; }},
        {"every-property", "<devices>", "<devices><filesystem><source dir='/a'/><target dir='/b'/></filesystem>",
         [](Sandbox& s) {
             s.mounts.push_back({"/b", HostBind{"/a"}, false});
         }},
        {"mounts", "<source usage='1' units='KiB'/>", "<source usage='1000' units='bytes'/>", [](Sandbox&) {}},
        {"mounts", "<source usage='1' units='KiB'/>", "<source usage='2' units='MiB'/>",
         [](Sandbox& s) { at(s, "/var/lib/app/cache").source = Ram{2 << 20}; }},
        {"plain", "<sandgraft:argument>/bin/true", "<sandgraft:argument>\n  /bin/true\n  ", [](Sandbox&) {}},
        {"plain",
         "xmlns:sandgraft=", "xmlns:sandgraft='https://sandgraft.org/xmlns/domain/1' xmlns:other=", [](Sandbox&) {}},
    };
    for (const auto& row : rows) {
        Sandbox sandbox = sample(row.sample);
        const std::string document = replaced(test::document_of(sandbox), row.before, row.after);
        row.change(sandbox);
        INFO(row.after);
        CHECK(from_domain_xml(document) == sandbox);
    }
}

TEST_CASE("a prepared view of the root is libvirt's business, the description keeps its root") {
    Provision provision = test::fixed_provision();
    provision.root = "/run/sandgraft/view";
    const Sandbox sandbox = sample("every-property");
    const std::string document = to_domain_xml(sandbox, test::fixed_host(), provision);
    CHECK(document.find("<source dir='/run/sandgraft/view'/>") != std::string::npos);
    CHECK(from_domain_xml(document) == sandbox);
}

TEST_CASE("other metadata and any prefix of Sandgraft's are no obstacle") {
    std::string document = test::document_of(sample("plain"));
    document = replaced(document, "<metadata>", "<metadata><x:sandbox xmlns:x='urn:x'><x:argument/></x:sandbox>");
    for (auto position = document.find("sandgraft:"); position != std::string::npos;
         position = document.find("sandgraft:", position))
        document.replace(position, 10, "sg:");
    document = replaced(document, "xmlns:sandgraft=", "xmlns:sg=");
    CHECK(from_domain_xml(document) == sample("plain"));
}
