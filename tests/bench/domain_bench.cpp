// SPDX-License-Identifier: LGPL-2.1-or-later
// to_domain_xml and from_domain_xml for a sandbox with ten mounts, beside libvirt-gconfig and plain pugixml calls.
#include "bench/domain_peers.hpp"
#include "bench/pairs.hpp"

#include <sandgraft/sandbox.hpp>

namespace {

using namespace sandgraft;
using namespace sandgraft::bench;

constexpr int rounds = 101;
constexpr int repeat = 100;
constexpr double promised = 4;

Sandbox ten_mounts() {
    Sandbox sandbox;
    sandbox.name = "ten-mounts";
    sandbox.user = "www-data";
    sandbox.environment = {{"LANG", "C.UTF-8"}, {"APACHE_RUN_DIR", "/run/apache2"}};
    sandbox.payload =
        Command{.argv = {"/usr/sbin/apache2", "-D", "FOREGROUND"}, .directory = "/srv/www", .terminal = false};
    for (const char* place : {"/srv/www", "/var/www", "/etc/apache2", "/var/log/apache2", "/opt/app"})
        sandbox.mounts.push_back({place, HostBind{std::string("/srv/sandboxes/web") + place}, false});
    for (const char* place : {"/run/apache2", "/var/cache/apache2", "/var/lib/apache2"})
        sandbox.mounts.push_back({place, Ram{16 << 20}, false});
    for (const char* place : {"/usr/local/lib", "/usr/local/share"})
        sandbox.mounts.push_back({place, HostBind{"/opt/app"}, true});
    return sandbox;
}

std::string metadata_of(const std::string& document) {
    const auto start = document.find("<sandgraft:sandbox");
    const std::string end = "</sandgraft:sandbox>";
    return document.substr(start, document.find(end) + end.size() - start);
}

/// Keeps results that nobody reads from being optimised away.
std::size_t sink = 0;

bool compare(const char* title, std::vector<Contender> contenders) {
    measure(contenders, rounds, repeat);
    std::printf("%s\n", title);
    print(contenders);
    return contenders[1].median() >= promised * contenders[0].median();
}

}  // namespace

int main() {
    const Sandbox sandbox = ten_mounts();
    const Capabilities host{.driver = Driver::lxc, .user = "0:0", .memory_bytes = 8ULL << 30};
    const Provision provision{.init = "/usr/libexec/sandgraft/sandgraft-init"};
    const std::string document = to_domain_xml(sandbox, host, provision);
    const std::string metadata = metadata_of(document);
    const auto steps = steps_of(document);
    std::printf("document of %zu bytes; the medians of %d samples of %d calls\n", document.size(), rounds, repeat);
    const bool writes = compare(
        "write", {{"to_domain_xml", [&] { sink += to_domain_xml(sandbox, host, provision).size(); }},
                  {"libvirt-gconfig, no metadata", [&] { sink += write_with_gconfig(sandbox, host, {}).size(); }},
                  {"libvirt-gconfig", [&] { sink += write_with_gconfig(sandbox, host, metadata).size(); }},
                  {"plain pugixml calls", [&] { sink += write_with_pugixml(steps).size(); }}});
    const bool reads = compare("read", {{"from_domain_xml", [&] { sink += from_domain_xml(document).mounts.size(); }},
                                        {"libvirt-gconfig", [&] { sink += read_with_gconfig(document); }},
                                        {"plain pugixml calls", [&] { sink += read_with_pugixml(document); }}});
    if (!writes || !reads) std::printf("less than %.0f times as fast as libvirt-gconfig\n", promised);
    return writes && reads && sink != 0 ? 0 : 1;
}
