// SPDX-License-Identifier: LGPL-2.1-or-later
// 1,000 sandboxes that libvirt keeps, 50 of them running: how long a list of them takes, through an open connection and
// by `sandgraft list`, beside virsh, which asks each domain for its state. Inside the libvirtd fixture.

#include "pairs.hpp"

#include "virt/module.hpp"

#include <sandgraft/host.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

using namespace sandgraft;

constexpr int kept = 1000;
constexpr int running = 50;
constexpr double promised_ms = 100;

void fail(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);
}

/// Starts a definition with an init that waits.
void run(const virt::Hypervisor& hypervisor, const std::string& name) {
    std::string document = hypervisor.lookup(name)->document(virt::Document::next);
    const std::string init = "<init>/run/sandgraft-init</init>";
    document.replace(document.find(init), init.size(), "<init>/bin/cat</init>");
    (void)hypervisor.create({.document = document, .name = name, .kept = true});
}

void shell(const std::string& command) {
    if (std::system((command + " > /dev/null").c_str()) != 0) fail("failed: " + command);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) fail("usage: bench-list SANDGRAFT");
    const auto host = Host::open();
    const std::unique_ptr<virt::Hypervisor> door(sandgraft_open_hypervisor("lxc:///system"));
    for (int i = 0; i < kept; ++i) {
        const std::string name = "kept-" + std::to_string(i);
        host.define({.name = name,
                     .mounts = {{"/srv", HostBind{"/usr"}, true}, {"/run/x", Ram{1 << 20}, false}},
                     .environment = {{"A", "b"}},
                     .payload = Command{.argv = {"sh", "-c", "exec httpd -D FOREGROUND"}}});
        if (i < running) run(*door, name);
    }
    if (host.list().size() != kept) fail("the list is not complete");
    const std::string program = argv[1];
    std::vector<bench::Contender> contenders = {
        {"Host::list()", [&] { (void)host.list(); }},
        {"sandgraft list --all", [&] { shell(program + " list --all"); }},
        {"virsh list --all", [] { shell("virsh -q -c lxc:///system list --all"); }},
    };
    bench::measure(contenders, 15, 1);
    std::printf("%d sandboxes, %d running: medians of 15, at most %.0f ms\n", kept, running, promised_ms);
    bench::print(contenders);
    const bool good = contenders[0].median() <= promised_ms * 1000 && contenders[1].median() <= promised_ms * 1000;
    if (!good) std::printf("a promised figure was missed\n");
    return good ? 0 : 1;
}
