// SPDX-License-Identifier: LGPL-2.1-or-later
// Containers whose end libvirt has missed.
#include "door.hpp"
#include "unseen_end.hpp"

#include "support/catch.hpp"
#include "support/traces.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace sandgraft;
using test::connect;
using test::document;
using test::UnseenEnd;

namespace {

constexpr const char* xml_namespace = "urn:some";

std::optional<virt::DomainInfo> listed(const virt::Hypervisor& hypervisor, const std::string& name) {
    for (auto& info : hypervisor.list(xml_namespace))
        if (info.name == name) return std::move(info);
    return std::nullopt;
}

/// Starts a container that waits, and has libvirt miss its end.
UnseenEnd run_and_miss(const virt::Hypervisor& hypervisor, const std::string& name, const std::string& uuid = {}) {
    const std::string identity = uuid.empty() ? "" : "<uuid>" + uuid + "</uuid>";
    (void)hypervisor.create({.document = document(name, "/bin/cat", {}, identity), .name = name, .kept = true});
    REQUIRE(listed(hypervisor, name).value().active);
    return UnseenEnd(name);
}

/// A definition, gone at the end of the test.
class Definition {
public:
    Definition(const virt::Hypervisor& hypervisor, std::string name) : hypervisor_(hypervisor), name_(std::move(name)) {
        hypervisor_.define(document(name_, "/bin/cat"), name_);
    }
    ~Definition() {
        const auto domain = hypervisor_.lookup(name_);
        domain->destroy();
        domain->undefine();
    }
    [[nodiscard]] std::string uuid() const { return listed(hypervisor_, name_).value().uuid; }

private:
    const virt::Hypervisor& hypervisor_;
    std::string name_;
};

}  // namespace

TEST_CASE("a container whose end libvirt has missed is listed as stopped, or not at all") {
    const auto hypervisor = connect();
    const Definition definition(*hypervisor, "missed");
    const auto defined = run_and_miss(*hypervisor, "missed", definition.uuid());
    const auto transient = run_and_miss(*hypervisor, "missed-too");
    CHECK_FALSE(listed(*hypervisor, "missed").value().active);
    CHECK_FALSE(listed(*hypervisor, "missed-too"));
}

TEST_CASE("a container whose end libvirt has missed is looked up as stopped, and stands in nobody's way") {
    const auto hypervisor = connect();
    const Definition definition(*hypervisor, "missed");
    const std::string uuid = definition.uuid();
    {
        const auto end = run_and_miss(*hypervisor, "missed", uuid);
        CHECK_FALSE(hypervisor->lookup("missed")->info(xml_namespace).active);
    }
    const auto first = run_and_miss(*hypervisor, "missed", uuid);
    const auto again = run_and_miss(*hypervisor, "missed", uuid);
    const auto transient = run_and_miss(*hypervisor, "missed-too");
    const Definition other(*hypervisor, "missed-too");
    CHECK_FALSE(listed(*hypervisor, "missed-too").value().active);
}
