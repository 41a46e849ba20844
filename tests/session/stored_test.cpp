// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sandgraft/host.hpp>

#include "door.hpp"

#include "base/fd.hpp"
#include "base/file.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <sandgraft/error.hpp>

#include <poll.h>
#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

using namespace sandgraft;
using test::error_of;

namespace {

constexpr const char* nobodys_namespace = "urn:nobody";

Sandbox named(const std::string& name) {
    return {.name = name,
            .mounts = {{"/run/x", Ram{1 << 20}, false}},
            .environment = {{"A", "b"}},
            .payload = Command{.argv = {"sh", "-c", "exit 3"}}};
}

/// Removes what a test has left, running or not.
struct Cleanup {
    ~Cleanup() {
        const auto host = Host::open();
        for (const auto& sandbox : host.list()) {
            host.destroy(sandbox.name);
            if (sandbox.defined) host.undefine(sandbox.name);
        }
    }
};

std::vector<std::string> names(const Host& host) {
    std::vector<std::string> all;
    for (const auto& sandbox : host.list()) all.push_back(sandbox.name);
    return all;
}

/// What `virsh edit` does: the definition with something in the place of something else.
void edit(const virt::Hypervisor& hypervisor, const std::string& name, std::string_view from, std::string_view to) {
    std::string document = hypervisor.lookup(name)->document(virt::Document::next);
    const auto position = document.find(from);
    REQUIRE(position != std::string::npos);
    hypervisor.define(document.replace(position, from.size(), to), name);
}

/// Starts a definition as it stands, with an init that waits: what a start does is not asked here.
void run(const virt::Hypervisor& hypervisor, const std::string& name) {
    std::string document = hypervisor.lookup(name)->document(virt::Document::next);
    const auto init = document.find("<init>/run/sandgraft-init</init>");
    REQUIRE(init != std::string::npos);
    (void)hypervisor.create(
        {.document = document.replace(init, 32, "<init>/bin/cat</init>"), .name = name, .kept = true});
}

/// The next event, waited for by its descriptor alone.
std::string next_event(SandboxEvents& events) {
    for (;;) {
        if (const auto event = events.next()) return std::string(to_string(event->kind)) + " " + event->name;
        pollfd wait{.fd = events.descriptor(), .events = POLLIN, .revents = 0};
        if (::poll(&wait, 1, 10000) != 1) return "nothing";
    }
}

}  // namespace

TEST_CASE("a defined sandbox is found by another connection as it was described") {
    const Cleanup cleanup;
    Host::open().define(named("kept"));
    const auto host = Host::open();
    const auto infos = host.list();
    REQUIRE(infos.size() == 1);
    CHECK(infos[0].state == SandboxInfo::State::stopped);
    CHECK(infos[0].defined);
    CHECK(infos[0].payload == named("kept").payload);
    const auto found = host.find("kept");
    CHECK(found.info == infos[0]);
    CHECK(found.description == named("kept"));
    CHECK(found.foreign.empty());
    CHECK(from_domain_xml(found.document) == named("kept"));
    CHECK(error_of([&] { host.define(named("kept")); }) ==
          "cannot define the sandbox 'kept': a domain of this name exists already");
    host.undefine("kept");
    CHECK(host.list().empty());
}

TEST_CASE("a running sandbox of a program is listed as its program's") {
    const auto host = Host::open();
    Sandbox sandbox = named("run");
    sandbox.payload = Command{.argv = {"sleep", "100"}};
    auto instance = host.start(sandbox);
    const auto infos = host.list();
    REQUIRE(infos.size() == 1);
    CHECK(infos[0].state == SandboxInfo::State::running);
    CHECK_FALSE(infos[0].defined);
    CHECK(host.find("run").description == sandbox);
    CHECK(host.find("run").foreign.empty());
    CHECK(error_of([&] { host.undefine("run"); }) == "the sandbox 'run' is running");
    host.clone("run", "copy");
    const Cleanup cleanup;
    instance.destroy();
    sandbox.name = "copy";
    CHECK(host.find("copy").description == sandbox);
    CHECK(host.find("copy").document.find("<source dir='/'/>") != std::string::npos);
}

TEST_CASE("a new name keeps what was edited, and a taken one changes nothing") {
    const Cleanup cleanup;
    const auto host = Host::open();
    const auto door = test::connect();
    host.define(named("old"));
    host.define(named("taken"));
    edit(*door, "old", "</devices>",
         "<hostdev mode='capabilities' type='misc'><source><char>/dev/null</char></source></hostdev></devices>");
    for (const auto& act : {&Host::rename, &Host::clone}) {
        CHECK(error_of([&] { (host.*act)("old", "taken"); }) ==
              "cannot define the sandbox 'taken': a domain of this name exists already");
        CHECK(error_of([&] { (host.*act)("old", "old"); }) ==
              "cannot define the sandbox 'old': a domain of this name exists already");
        CHECK(error_of([&] { (host.*act)("old", "a/b"); }) == "sandbox name 'a/b' contains a slash");
        CHECK(error_of([&] { (host.*act)("none", "new"); }) == "there is no sandbox 'none'");
        CHECK(names(host) == std::vector<std::string>{"old", "taken"});
    }
    host.clone("old", "copy");
    host.rename("old", "new");
    CHECK(names(host) == std::vector<std::string>{"copy", "new", "taken"});
    for (const std::string name : {"copy", "new"}) {
        CHECK(host.find(name).description == named(name));
        CHECK(host.find(name).foreign == std::vector<std::string>{"devices/hostdev mode='capabilities' type='misc'"});
    }
    CHECK(host.find("copy").info.uuid != host.find("new").info.uuid);
}

TEST_CASE("a running sandbox is neither renamed nor forgotten, but cloned and destroyed") {
    const Cleanup cleanup;
    const auto host = Host::open();
    const auto door = test::connect();
    host.define(named("kept"));
    run(*door, "kept");
    CHECK(host.list()[0].state == SandboxInfo::State::running);
    CHECK(error_of([&] { host.undefine("kept"); }) == "the sandbox 'kept' is running");
    CHECK(error_of([&] { host.rename("kept", "new"); }) == "the sandbox 'kept' is running");
    host.clone("kept", "copy");
    CHECK(host.find("copy").description == named("copy"));
    host.destroy("kept");
    host.destroy("kept");
    CHECK(host.list()[1].state == SandboxInfo::State::stopped);
    CHECK(host.find("kept").description == named("kept"));
}

TEST_CASE("a domain that is not Sandgraft's is no sandbox, and stays as it is") {
    const auto host = Host::open();
    const auto door = test::connect();
    door->define(test::document("foreign", "/bin/cat"), "foreign");
    const auto before = door->lookup("foreign")->document();
    CHECK(host.list().empty());
    const std::function<void()> acts[] = {
        [&] { (void)host.find("foreign"); },     [&] { host.undefine("foreign"); },
        [&] { host.rename("foreign", "mine"); }, [&] { host.clone("foreign", "mine"); },
        [&] { host.destroy("foreign"); },
    };
    for (const auto& act : acts)
        CHECK(error_of(act) ==
              "there is no sandbox 'foreign': the domain of this name was not made by Sandgraft, and is left alone");
    CHECK(error_of([&] { host.define(named("foreign")); }) ==
          "cannot define the sandbox 'foreign': a domain of this name exists already");
    CHECK(door->lookup("foreign")->document() == before);
    CHECK_FALSE(door->lookup("foreign")->info(nobodys_namespace).active);
    door->lookup("foreign")->undefine();
}

TEST_CASE("events tell of sandboxes alone, each once and in order") {
    const Cleanup cleanup;
    const auto host = Host::open();
    const auto door = test::connect();
    host.define(named("before"));
    auto events = host.events();
    CHECK(events.next() == std::nullopt);
    door->define(test::document("foreign", "/bin/cat"), "foreign");
    door->lookup("foreign")->undefine();
    host.define(named("kept"));
    CHECK(next_event(events) == "defined kept");
    run(*door, "before");
    host.destroy("before");
    host.undefine("kept");
    for (const char* expected : {"started before", "stopped before", "undefined kept"})
        CHECK(next_event(events) == expected);
    host.undefine("before");
    CHECK(next_event(events) == "undefined before");
    CHECK(events.next() == std::nullopt);
}

TEST_CASE("a list of many sandboxes leaves the consoles of its connection alone") {
    const Cleanup cleanup;
    const auto host = Host::open();
    std::vector<std::string> many;
    for (int i = 0; i < 80; ++i) many.push_back("stored-many-" + std::to_string(i));
    for (const auto& name : many) host.define({.name = name, .payload = Command{.argv = {"true"}}});
    const auto input = base::make_pipe();
    std::string said;
    auto running = host.start(
        {.name = "stored-console", .payload = Command{.argv = {"sh", "-c", "read line; echo got $line; exit 3"}}},
        {.streams = {.input = input[0].get(), .on_output = [&](std::string_view text) { said += text; }},
         .channel = Channel::console});
    for (int i = 0; i < 5; ++i) CHECK(host.list().size() > many.size());
    base::write_all(input[1].get(), "it\n", "the input");
    CHECK(running.wait(std::chrono::seconds(60)) == 3);
    CHECK(said == "got it\n");
}
