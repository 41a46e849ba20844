// SPDX-License-Identifier: LGPL-2.1-or-later
// A creation that fails as the real libvirt fails when several are the first ones on a machine: by functions of this
// file, beside a libvirt of pretence.
#include "virt/module.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <libvirt/libvirt.h>

#include <unistd.h>
#include <memory>
#include <string>
#include <vector>

using namespace sandgraft;
using test::error_of;

namespace {

struct Attempts {
    std::string failure{};
    int failures = 0;  ///< of the next attempts
    int made = 0;
    std::vector<int> passed{};  ///< to the last one
};

Attempts attempts;

/// libvirt repeats the name that it does not find, so any text becomes its error.
virDomainPtr attempt(virConnectPtr connection) {
    if (++attempts.made > attempts.failures) return ::virDomainLookupByName(connection, "test");
    REQUIRE(::virStoragePoolLookupByName(connection, attempts.failure.c_str()) == nullptr);
    return nullptr;
}

}  // namespace

extern "C" {
virDomainPtr virDomainCreateXML(virConnectPtr connection, const char*, unsigned) { return attempt(connection); }

virDomainPtr virDomainCreateXMLWithFiles(virConnectPtr connection, const char*, unsigned count, int* files, unsigned) {
    attempts.passed.assign(files, files + count);
    return attempt(connection);
}
}

TEST_CASE("a start whose control group another one took away is tried again, with the same files") {
    const std::string lost =
        "Unable to write to '/sys/fs/cgroup/cpuset/machine/lxc-7-s.libvirt-lxc/tasks': No such file or directory";
    const std::string lost_of_version_2 =
        "Unable to write to '/sys/fs/cgroup/machine/lxc-7-s.libvirt-lxc/cgroup.procs': No such file or directory";
    const std::string limit = "Unable to write to '/sys/fs/cgroup/memory/machine/lxc-7-s/memory.limit_in_bytes': x";
    struct {
        std::string failure;
        int failures;
        int made;
        bool starts;
    } const rows[] = {
        {lost, 0, 1, true},  {lost, 1, 2, true},   {lost_of_version_2, 2, 3, true},
        {lost, 3, 3, false}, {limit, 1, 1, false}, {"another reason", 1, 1, false},
    };
    const std::unique_ptr<virt::Hypervisor> hypervisor(sandgraft_open_hypervisor("test:///default"));
    for (const auto& files : {std::vector<int>{}, std::vector<int>{STDOUT_FILENO, STDERR_FILENO}})
        for (const auto& row : rows) {
            INFO(row.failure << " " << row.failures);
            attempts = {.failure = row.failure, .failures = row.failures};
            const std::string error =
                error_of([&] { (void)hypervisor->create({.name = "s", .passed = files, .kept = true}); });
            CHECK(attempts.made == row.made);
            CHECK(attempts.passed == files);
            CHECK((error == "no error") == row.starts);
            if (!row.starts) CHECK(error.find(row.failure) != std::string::npos);
        }
}

TEST_CASE("a start that libvirt wanted to confine and could not is told what to do") {
    const std::unique_ptr<virt::Hypervisor> hypervisor(sandgraft_open_hypervisor("test:///default"));
    attempts = {.failure = "internal error: cannot load AppArmor profile 'libvirt-c4581365'", .failures = 1};
    const std::string error = error_of([&] { (void)hypervisor->create({.name = "s", .kept = true}); });
    CHECK(error.find(attempts.failure) != std::string::npos);
    CHECK(error.find("set security_default_confined = 0 in /etc/libvirt/lxc.conf") != std::string::npos);
    CHECK(error.find('\n') == std::string::npos);
}
