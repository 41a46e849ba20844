// SPDX-License-Identifier: LGPL-2.1-or-later
// Containers whose end libvirt has missed.
#include "controllers.hpp"
#include "door.hpp"

#include "base/fd.hpp"
#include "support/catch.hpp"
#include "support/traces.hpp"

#include <poll.h>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace sandgraft;
using test::connect;
using test::document;

namespace {

constexpr const char* xml_namespace = "urn:some";

/// Kills the controller of a domain so that libvirt does not learn of it: somebody still holds its sockets.
class UnseenEnd {
public:
    explicit UnseenEnd(const std::string& domain) {
        const pid_t controller = test::controller_of(domain).value();
        const base::Fd process(static_cast<int>(::syscall(SYS_pidfd_open, controller, 0)));
        REQUIRE(process);
        for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(controller) + "/fd"))
            take(process, std::stoi(entry.path().filename()));
        REQUIRE(::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) == 0);
        pollfd end{process.get(), POLLIN, 0};
        REQUIRE(::poll(&end, 1, 60'000) == 1);
    }

private:
    void take(const base::Fd& process, int fd) {
        base::Fd copy(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
        REQUIRE(copy);
        taken_.push_back(std::move(copy));
    }

    std::vector<base::Fd> taken_;
};

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
