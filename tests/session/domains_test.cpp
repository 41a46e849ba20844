// SPDX-License-Identifier: LGPL-2.1-or-later
#include "door.hpp"

#include "base/fd.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <sandgraft/error.hpp>

#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace sandgraft;
using namespace std::chrono_literals;
using test::connect;
using test::document;
using test::error_of;

namespace {

constexpr const char* xml_namespace = "urn:some";
const std::string some_metadata = "<metadata><a:b xmlns:a='urn:some'><a:c>text</a:c></a:b></metadata>";

/// A definition that is gone at the end of the test, whatever it was called and whether it runs.
class Definition {
public:
    explicit Definition(const virt::Hypervisor& hypervisor, std::string name, const std::string& init = "/bin/cat")
        : hypervisor_(hypervisor), name_(std::move(name)) {
        hypervisor_.define(document(name_, init, {}, some_metadata), name_);
    }
    ~Definition() {
        const auto domain = hypervisor_.lookup(name_);
        domain->destroy();
        if (domain->info(xml_namespace).defined) domain->undefine();
    }

private:
    const virt::Hypervisor& hypervisor_;
    std::string name_;
};

/// Of the domains of this test; others may be there.
std::vector<virt::DomainInfo> listed(const virt::Hypervisor& hypervisor) {
    auto infos = hypervisor.list(xml_namespace);
    std::erase_if(infos, [](const auto& info) { return !info.name.starts_with("kept"); });
    return infos;
}

class Recorder : public virt::DomainListener {
public:
    void happened(SandboxEvent event) noexcept override {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
        more_.notify_all();
    }
    void lost() noexcept override {}

    /// Until one of this kind has come; an end that libvirt tells twice counts once.
    std::vector<SandboxEvent> wait_for(SandboxEvent::Kind last) {
        std::unique_lock lock(mutex_);
        more_.wait_for(lock, 10s, [&] { return !events_.empty() && events_.back().kind == last; });
        const auto same = [](const auto& a, const auto& b) { return a.kind == b.kind && a.uuid == b.uuid; };
        events_.erase(std::unique(events_.begin(), events_.end(), same), events_.end());
        return events_;
    }

private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::vector<SandboxEvent> events_;
};

std::string with_uuid(const std::string& uuid) { return "<uuid>" + uuid + "</uuid>"; }

/// Ends a sandbox that its connection does not end.
void end(const virt::Hypervisor& hypervisor, const char* name) { hypervisor.lookup(name)->destroy(); }

}  // namespace

TEST_CASE("a definition is listed with its metadata and can be read, replaced and removed") {
    const auto hypervisor = connect();
    hypervisor->define(document("kept-a", "/bin/cat", {}, some_metadata), "kept-a");
    hypervisor->define(document("kept-b", "/bin/cat"), "kept-b");
    const auto infos = listed(*hypervisor);
    REQUIRE(infos.size() == 2);
    CHECK(infos[0].name == "kept-a");
    CHECK(infos[0].metadata.find("text") != std::string::npos);
    CHECK(hypervisor->metadata(infos[0].uuid, xml_namespace) == infos[0].metadata);
    CHECK(infos[1].metadata.empty());
    CHECK((infos[0].defined && !infos[0].active));
    hypervisor->define(document("kept-a", "/bin/true", {}, with_uuid(infos[0].uuid)), "kept-a");
    const auto domain = hypervisor->lookup("kept-a");
    CHECK(domain->document().find("/bin/true") != std::string::npos);
    CHECK(domain->info(xml_namespace).uuid == infos[0].uuid);
    domain->undefine();
    hypervisor->lookup("kept-b")->undefine();
    CHECK(listed(*hypervisor).empty());
    CHECK(hypervisor->metadata(infos[0].uuid, xml_namespace).empty());
    CHECK(error_of([&] { (void)hypervisor->lookup("kept-a"); }).find("cannot find the sandbox 'kept-a': ") == 0);
}

TEST_CASE("a name is defined once, also beside one that runs") {
    const auto hypervisor = connect();
    const Definition defined(*hypervisor, "kept");
    const auto running = hypervisor->create({.document = document("kept-run", "/bin/cat"), .name = "kept-run"});
    for (const std::string name : {"kept", "kept-run"})
        CHECK(error_of([&] { hypervisor->define(document(name, "/bin/true"), name); }) ==
              "cannot define the sandbox '" + name + "': a domain of this name exists already");
    running->destroy();
}

TEST_CASE("a started definition outlives its connection and is what it was when it ends") {
    const auto hypervisor = connect();
    const Definition defined(*hypervisor, "kept");
    const auto before = hypervisor->lookup("kept")->document(virt::Document::next);
    const auto uuid = hypervisor->lookup("kept")->info(xml_namespace).uuid;
    {
        const auto [read_end, write_end] = base::make_pipe();
        const auto starter = connect();
        const auto text = document("kept", "/bin/cat", {}, with_uuid(uuid) + "<title>this start</title>");
        const auto domain = starter->create(
            {.document = text, .name = "kept", .passed = {read_end.get(), write_end.get()}, .kept = true});
        CHECK(domain->document().find("this start") != std::string::npos);
        CHECK(error_of([&] { (void)starter->create({.document = text, .name = "kept", .kept = true}); }) ==
              "cannot start the sandbox 'kept': it is running");
    }
    const auto domain = hypervisor->lookup("kept");
    if (domain->info(xml_namespace).active) {
        CHECK(domain->document(virt::Document::next) == before);
        end(*hypervisor, "kept");
    }
    CHECK((!domain->info(xml_namespace).active && domain->info(xml_namespace).defined));
    CHECK(domain->document() == before);
}

TEST_CASE("what happens to domains is told in its order") {
    const auto hypervisor = connect();
    const auto recorder = std::make_shared<Recorder>();
    const auto listening = hypervisor->listen(recorder);
    {
        const Definition defined(*hypervisor, "kept");
        const auto uuid = hypervisor->lookup("kept")->info(xml_namespace).uuid;
        (void)hypervisor->create(
            {.document = document("kept", "/bin/cat", {}, with_uuid(uuid)), .name = "kept", .kept = true});
    }
    using Kind = SandboxEvent::Kind;
    const auto events = recorder->wait_for(Kind::undefined);
    REQUIRE(events.size() == 4);
    const Kind kinds[] = {Kind::defined, Kind::started, Kind::stopped, Kind::undefined};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(events[i].kind == kinds[i]);
        CHECK(events[i].name == "kept");
        CHECK(events[i].uuid == events[0].uuid);
    }
}

TEST_CASE("domains that come and go while they are listed are no error") {
    const auto hypervisor = connect();
    std::vector<std::unique_ptr<Definition>> many;
    for (int i = 0; i < 100; ++i)
        many.push_back(std::make_unique<Definition>(*hypervisor, "kept-" + std::to_string(1000 + i)));
    std::atomic<bool> stop = false;
    std::thread other([&] {
        const auto second = connect();
        while (!stop) Definition(*second, "kept-9999");
    });
    for (int i = 0; i < 30; ++i) {
        const auto infos = listed(*hypervisor);
        CHECK(infos.size() >= 100);
        CHECK(std::is_sorted(infos.begin(), infos.end(), [](auto& a, auto& b) { return a.name < b.name; }));
    }
    stop = true;
    other.join();
}
