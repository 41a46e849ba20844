// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/guest.hpp"
#include "model/memory.hpp"
#include "model/mount_source.hpp"
#include "samples.hpp"

#include "support/catch.hpp"

#include <sys/resource.h>
#include <algorithm>

using namespace sandgraft;

namespace {

Sandbox plain() { return test::samples().front(); }

/// The mounts that init is told of, as "ACTION NEED TARGET", but for default masks that no other mount touches.
std::vector<std::string> mounts_of(const Sandbox& sandbox) {
    std::vector<std::string> mounts;
    for (const auto& mount : domain::guest_config(sandbox, test::fixed_host()).mounts) {
        const bool untouched = std::none_of(sandbox.mounts.begin(), sandbox.mounts.end(),
                                            [&](const Mount& given) { return given.target.starts_with(mount.target); });
        const auto& masks = default_masks();
        if (untouched && std::count(masks.begin(), masks.end(), mount.target) != 0) continue;
        mounts.push_back({static_cast<char>(mount.action), static_cast<char>(mount.needs), ' '});
        mounts.back() += mount.target;
    }
    return mounts;
}

}  // namespace

TEST_CASE("init is told of all mounts, the implicit ones too unless replaced, parents first") {
    struct Row {
        std::vector<Mount> given;
        std::vector<std::string> told;
    };
    const Row rows[] = {
        {{}, {"ta /tmp", "ta /var/tmp"}},
        {{{"/srv", HostBind{"/a"}, false}, {"/mnt", Ram{}, false}}, {"ta /tmp", "ta /var/tmp", "-s /srv", "-d /mnt"}},
        {{{"/opt/x", GuestBind{"/srv"}, false}, {"/etc/motd", File{}, false}, {"/opt", Mask{}, false}},
         {"ta /tmp", "ta /var/tmp", "ma /opt", "bs /opt/x", "ff /etc/motd"}},
        {{{"/var/tmp", HostBind{"/a"}, false}}, {"ta /tmp", "-s /var/tmp"}},
        {{{"/home", HostBind{"/a"}, false}}, {"ta /tmp", "ta /var/tmp", "-s /home"}},
        {{{"/home/alice", HostBind{"/a"}, false}}, {"ma /home", "ta /tmp", "ta /var/tmp", "-s /home/alice"}},
        {{{"/etc", HostBind{"/a"}, false}, {"/etc/ssl/private", Ram{}, true}},
         {"-s /etc", "ta /tmp", "ta /var/tmp", "-d /etc/ssl/private"}},
    };
    for (const auto& row : rows) {
        Sandbox sandbox = plain();
        sandbox.mounts = row.given;
        CHECK(mounts_of(sandbox) == row.told);
    }
}

TEST_CASE("init is told what it needs to make a mount") {
    Sandbox sandbox = plain();
    sandbox.mask_secrets = false;
    sandbox.mounts = {{"/a", Ram{}, false},
                      {"/b", GuestBind{"/a"}, true, true, false},
                      {"/c", File{"x", 0600, 1000, 100}, false},
                      {"/d", HostBind{"/x"}, false, false, true}};
    const auto mounts = domain::guest_config(sandbox, test::fixed_host()).mounts;
    using Config = wire::GuestConfig;
    Config::Mount file{Config::Action::file, Config::Target::file, "/c", false, false, 0600, {"x"}};
    file.uid = 1000;
    file.gid = 100;
    CHECK(mounts == std::vector<Config::Mount>{
                        {Config::Action::private_tmp, Config::Target::anything, "/tmp", false, true, 0, {}},
                        {Config::Action::private_tmp, Config::Target::anything, "/var/tmp", false, true, 0, {}},
                        {Config::Action::none, Config::Target::directory, "/a", false, true, 0, {}},
                        {Config::Action::bind, Config::Target::as_source, "/b", true, false, 0, {"/a"}, true, false},
                        file,
                        {Config::Action::none, Config::Target::as_source, "/d", false, false, 0, {}, false, true},
                    });
}

TEST_CASE("init is told how much it may keep in memory and whom to spare when that is used up") {
    Sandbox sandbox = plain();
    const auto host = domain::guest_config(sandbox, test::fixed_host());
    CHECK(host.scratch_bytes == model::ram_shares({}, test::fixed_host().memory_bytes).scratch);
    CHECK(host.oom_score == model::oom_score(test::fixed_host().memory_bytes));
    sandbox.memory_bytes = 256 << 20;
    sandbox.mounts = {{"/a", Ram{1 << 20}, false}};
    const auto limited = domain::guest_config(sandbox, test::fixed_host());
    CHECK(limited.scratch_bytes == model::ram_shares(sandbox.mounts, 256 << 20).scratch);
    CHECK(limited.oom_score == model::oom_score(256 << 20));
}

TEST_CASE("the hypervisor's document has what the hypervisor makes, and init makes all else") {
    const Mount rows[] = {{"/a", HostBind{"/b"}, false},
                          {"/a", GuestBind{"/b"}, false},
                          {"/a", Ram{}, false},
                          {"/a", File{}, false},
                          {"/a", Mask{}, false}};
    STATIC_REQUIRE(std::size(rows) == std::variant_size_v<model::Source>);
    for (const auto& mount : rows) {
        Sandbox sandbox = plain();
        sandbox.mounts = {mount};
        const bool in_document = to_domain_xml(sandbox, test::fixed_host()).find("dir='/a'") != std::string::npos;
        const auto action = domain::guest_config(sandbox, test::fixed_host()).mounts.back().action;
        const bool hypervisors = model::facts_of(mount).maker == model::Maker::hypervisor;
        CHECK(in_document == hypervisors);
        CHECK((action == wire::GuestConfig::Action::none) == hypervisors);
    }
}

TEST_CASE("secrets in a directory that a mount shows are masked after it") {
    Sandbox sandbox = plain();
    sandbox.mounts = {{"/etc", HostBind{"/srv/etc"}, false}};
    const auto mounts = domain::guest_config(sandbox, test::fixed_host()).mounts;
    const auto place = [&](std::string_view target) {
        return std::find_if(mounts.begin(), mounts.end(), [&](const auto& m) { return m.target == target; });
    };
    REQUIRE(place("/etc/shadow") != mounts.end());
    CHECK(place("/etc") < place("/etc/shadow"));
}

TEST_CASE("a guest bind above one secret does not show another") {
    Sandbox sandbox = plain();
    sandbox.mounts = {{"/var", GuestBind{"/etc"}, false}};
    const auto mounts = domain::guest_config(sandbox, test::fixed_host()).mounts;
    const auto place = [&](std::string_view target) {
        return std::find_if(mounts.begin(), mounts.end(), [&](const auto& m) { return m.target == target; });
    };
    CHECK(place("/etc/shadow") < place("/var"));
    CHECK(place("/etc/wireguard") < place("/var"));
    CHECK(place("/var") < place("/var/mail"));
    CHECK(place("/var") < place("/var/tmp"));
}

TEST_CASE("without masks of secrets only the private directories are implicit") {
    Sandbox sandbox = plain();
    sandbox.mask_secrets = false;
    CHECK(domain::guest_config(sandbox, test::fixed_host()).mounts.size() == 2);
}

TEST_CASE("init is told what the payload is given") {
    struct Row {
        bool privileged;
        std::uint64_t capabilities;
        bool no_new_privs;
        bool read_only_sys;
        Payload payload;
    };
    const Row rows[] = {
        {false, 0, true, true, Command{.argv = {"a"}}},
        {true, 0x404FB, true, true, Command{.argv = {"a"}}},
        {false, 0x1FF7FFFFFFF, false, false, Services{.goals = {"a.target"}}},
    };
    for (const auto& row : rows) {
        Sandbox sandbox = plain();
        sandbox.privileged = row.privileged;
        sandbox.payload = row.payload;
        const auto config = domain::guest_config(sandbox, test::fixed_host());
        CHECK(config.capabilities == row.capabilities);
        CHECK(config.no_new_privs == row.no_new_privs);
        CHECK(config.read_only_sys == row.read_only_sys);
    }
}

TEST_CASE("init is told of the limits by the kernel's numbers") {
    Sandbox sandbox = plain();
    CHECK(domain::guest_config(sandbox, test::fixed_host()).processes == 4096);
    sandbox.pids = 7;
    sandbox.limits = {{"nofile", 5, 6}, {"stack"}};
    const auto config = domain::guest_config(sandbox, test::fixed_host());
    CHECK(config.processes == 7);
    CHECK(config.limits == std::vector<wire::GuestConfig::Limit>{{RLIMIT_NOFILE, 5, 6, "nofile"},
                                                                 {RLIMIT_STACK, ~0ULL, ~0ULL, "stack"}});
}

TEST_CASE("the user of the command") {
    struct Row {
        const char* user;
        bool privileged;
        const char* told;
    };
    const Row rows[] = {
        {"", false, "1000:100"}, {"www-data", false, "www-data"}, {"7:8", false, "7:8"},
        {"", true, "0:0"},       {"root", true, "0:0"},
    };
    for (const auto& row : rows) {
        Sandbox sandbox = plain();
        sandbox.user = row.user;
        sandbox.privileged = row.privileged;
        CHECK(domain::guest_config(sandbox, test::fixed_host()).user == row.told);
    }
}
