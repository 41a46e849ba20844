// SPDX-License-Identifier: LGPL-2.1-or-later
// Trees written with each profile, loaded by systemd itself: the transaction is the one that the library computes.
#include "units/comparison.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/unit_set.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string_view>

namespace sandgraft::test {

namespace {

constexpr const char* machine_path = "/etc/systemd/system:/usr/lib/systemd/system";
constexpr const char* boot_target = "default.target";

struct Profile {
    const char* name;
    UnitProfile profile;
};
constexpr Profile profiles[] = {
    {"full", UnitProfile::full}, {"minimal", UnitProfile::minimal}, {"bare", UnitProfile::bare}};

class ProfileTest {
public:
    void run() {
        UnitSet set({.root = oracle_.root(), .unit_path = parse_unit_path(machine_path), .container = true});
        set.add(ServiceSpec{.name = "made.service", .command = {"/bin/echo", "100% of $HOME", "a;b", "it's"}});
        const std::vector<std::vector<std::string>> goals = {
            {"made.service"},
            {"multi-user.target"},
            {"basic.target"},
            {"dbus.service", "dbus.socket", "made.service"},
            {"getty@tty1.service"},
            {"cron.service"},
            {"ssh.service"},
            {"apache2.service"},
            {"postgresql.service"},
            {"nginx.service"},
            {"systemd-logind.service", "systemd-journald.service"},
        };
        for (const auto& wanted : goals) {
            if (set.info(wanted.front()).state != UnitState::loaded) continue;
            for (const auto& profile : profiles) compare(set, profile, wanted);
        }
    }

    [[nodiscard]] int report() const {
        std::printf(
            "%zu trees written and loaded by systemd, %zu jobs compared, %zu bare trees refused, %zu differences\n",
            trees_, jobs_, refused_, wrong_);
        return wrong_ == 0 && trees_ >= 12 && jobs_ > 100 ? 0 : 1;
    }

private:
    void compare(const UnitSet& set, const Profile& profile, const std::vector<std::string>& goals) {
        const std::string directory = "/run/tree-" + std::to_string(trees_++);
        const std::string label = std::string(profile.name) + " " + goals.front();
        UnitTree tree;
        try {
            tree = set.tree(profile.profile, goals);
        } catch (const Error& error) {
            ++refused_;
            // Only the bare profile may leave out what a unit requires, and has to say what that is.
            if (profile.profile != UnitProfile::bare ||
                std::string_view(error.what()).find("not found") == std::string_view::npos)
                complain(label, error.what());
            return;
        }
        tree.write(oracle_.root() + directory);
        const std::string path = tree.unit_path(directory) == directory ? directory : directory + ":" + machine_path;
        const auto answer = oracle_.ask(path, boot_target);
        units::Loader loader({.root = oracle_.root(), .unit_path = parse_unit_path(path), .specifiers = {}});
        const auto ours = compute(loader, boot_target, in_container(answer));
        jobs_ += ours.jobs.size();
        if (answer.status != 0 || answer.jobs.empty()) complain(label, "systemd refuses it: " + answer.messages);
        for (const auto& line : differences(ours, answer, boot_target)) complain(label, line);
        if (profile.profile == UnitProfile::minimal) compare_with_machine(label, ours, goals, in_container(answer));
        for (const auto& goal : goals)
            if (!answer.jobs.contains(goal)) complain(label, goal + " is not started");
    }

    /// A container mounts none of the kernel's own filesystems, nor loads the modules that they would want.
    static bool takes_the_host(std::string_view name) {
        constexpr std::string_view mounts[] = {
            "dev-hugepages.mount",           "dev-mqueue.mount",          "proc-sys-fs-binfmt_misc.automount",
            "sys-fs-fuse-connections.mount", "sys-kernel-config.mount",   "sys-kernel-debug.mount",
            "sys-kernel-tracing.mount",      "modprobe@configfs.service", "modprobe@fuse.service",
        };
        return std::find(std::begin(mounts), std::end(mounts), name) != std::end(mounts);
    }

    /// Nothing else is lost by leaving the other units out.
    void compare_with_machine(const std::string& label, const Computed& ours, const std::vector<std::string>& goals,
                              bool container) {
        if (goals.size() != 1 || goals.front() == "made.service") return;
        units::Loader loader({.root = oracle_.root(), .unit_path = parse_unit_path(machine_path), .specifiers = {}});
        auto expected = compute(loader, goals.front(), container).jobs;
        for (const auto& [name, type] : ours.jobs)
            if (name != boot_target && !expected.contains(name)) complain(label, name + " is started here only");
        for (const auto& [name, type] : expected)
            if (type == "start" && !ours.jobs.contains(name) && !takes_the_host(name))
                complain(label, name + " is lost");
    }

    void complain(const std::string& label, const std::string& what) {
        ++wrong_;
        std::printf("%s: %s\n", label.c_str(), what.c_str());
    }

    Oracle oracle_;
    std::size_t trees_ = 0, jobs_ = 0, refused_ = 0, wrong_ = 0;
};

}  // namespace

}  // namespace sandgraft::test

int main() {
    if (sandgraft::test::Oracle::is_missing()) return 77;
    sandgraft::test::ProfileTest test;
    test.run();
    return test.report();
}
