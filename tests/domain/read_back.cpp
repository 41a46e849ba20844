// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: read-back write DIRECTORY     writes NAME.xml of each sandbox
//        read-back compare DIRECTORY   compares NAME.started and NAME.defined, as libvirt returned them, with it
#include "base/file.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/sandbox.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace {

using namespace sandgraft;

/// Sandboxes that start on any host: only directories that Debian has are targets.
std::vector<Sandbox> sandboxes(const std::string& directory) {
    Sandbox plain;
    plain.name = "read-back plain";
    plain.payload = Command{.argv = {"/bin/true"}};

    Sandbox full;
    full.name = "read-back-full";
    full.mounts = {
        {"/srv/inner", Ram{1000}, false},
        {"/srv", HostBind{directory + "/it's <a> & \"b\""}, false},
        {"/opt", GuestBind{"/srv"}, true},
        {"/mnt", Ram{2 << 20}, true},
        {"/etc/motd", File{std::string("\0\xFF\n", 3), 0600, 33, 100}, true},
        {"/media", Mask{}, false},
        {"/tmp", HostBind{directory}, true},
    };
    full.mask_secrets = false;
    full.privileged = true;
    full.environment = {{"LANG", "C.UTF-8"}, {"ODD", "\xFF\n\t\r "}, {"EMPTY", ""}};
    full.memory_bytes = (200 << 20) + 1;
    full.vcpus = 2;
    full.payload = Command{.argv = {"printf", "", " a ", "a\tb\r\nc", "\x01<&>'\"", "z\xC3\xBCrich"},
                           .directory = "/srv/\xFF",
                           .terminal = true};
    return {plain, full};
}

/// The container's init is a program that waits for its console.
std::string document_of(const Sandbox& sandbox) {
    const Capabilities host{.user = "0:0", .memory_bytes = 1 << 30, .swap_limit = local_capabilities().swap_limit};
    return to_domain_xml(sandbox, host, {.init = "/bin/cat"});
}

void write(const std::string& directory) {
    std::filesystem::create_directories(directory + "/it's <a> & \"b\"/inner");
    for (const auto& sandbox : sandboxes(directory))
        std::ofstream(directory + "/" + sandbox.name + ".xml") << document_of(sandbox);
}

bool compare(const std::string& directory) {
    bool same = true;
    for (const auto& sandbox : sandboxes(directory))
        for (const char* state : {".started", ".defined"}) {
            const std::string document = base::read_file(directory + "/" + sandbox.name + state, 8 << 20);
            const bool equal = from_domain_xml(document) == sandbox;
            std::printf("%s%s: %s\n", sandbox.name.c_str(), state, equal ? "equal" : "DIFFERS");
            if (!equal) std::printf("%s\n", document.c_str());
            same = same && equal;
        }
    return same;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    try {
        if (std::string_view(argv[1]) == "compare") return compare(argv[2]) ? 0 : 1;
        write(argv[2]);
        return 0;
    } catch (const Error& error) {
        std::fprintf(stderr, "read-back: %s\n", error.what());
        return 1;
    }
}
