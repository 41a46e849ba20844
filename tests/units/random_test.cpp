// SPDX-License-Identifier: LGPL-2.1-or-later
// Random trees of names, links and drop-ins, loaded by the library and by systemd: states, fragments, drop-ins, aliases
// and dependencies are the same. (Which job of a failing chain systemd drops depends on its hash tables' seeds, so jobs
// are left to the written cases.) SANDGRAFT_SEED=N does one tree.
#include "units/comparison.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

namespace sandgraft::test {

namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

const Names units_with_file = {"a.service",   "b.service",     "a-b.service", "a-b-c.service", "x--y.service",
                               "a-.service",  "t1.target",     "t2.target",   "a.socket",      "i@.service",
                               "i@1.service", "i@x-y.service", "j@.service"};
const Names aliased = {"d.service", "t@.service", "t@1.service", "u@.service"};
const Names referred = {"a.service",   "b.service",   "a-b.service",  "a-b-c.service", "x--y.service",  "a-.service",
                        "t1.target",   "t2.target",   "a.socket",     "i@1.service",   "i@x-y.service", "d.service",
                        "t@2.service", "t@1.service", "gone.service", "u@q.service"};
// Not a template that has instances with files of their own: what its aliases' instances are depends on which is loaded
// first.
const Names link_targets = {"a.service", "b.service",          "t2.target",       "j@.service",  "j@1.service",
                            "/dev/null", "/nowhere/q.service", "../away.service", "./a.service", "sub/b.service",
                            "nonsense"};
const Names side_stems = {"service",     "target",     "socket",      "a-.service", "a-b-.service", "x-.service",
                          "x--.service", "i@.service", "i@1.service", "a.service",  "a-b.service",  "a-b-c.service",
                          "t1.target",   "d.service",  "t@.service",  "i-@.service"};

/// Writes one tree, the same one with every compiler: no two numbers are drawn in one expression.
class Generator {
public:
    Generator(fs::path directory, unsigned seed) : directory_(std::move(directory)), random_(seed) {}

    void run() {
        for (const auto& name : units_with_file) unit(name);
        for (const auto& name : aliased)
            if (chance(70)) link(name, target_for(name));
        for (int i = number(9); i > 0; --i) drop_in();
        for (int i = number(7); i > 0; --i) side_link();
        std::string text = "[Unit]\nDefaultDependencies=no\n";
        for (const auto& name : referred) text += "Wants=" + name + "\n";
        file("goal.target", text);
    }

private:
    int number(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    bool chance(int percent) { return number(100) < percent; }
    const std::string& one_of(const Names& names) {
        return names[static_cast<std::size_t>(number(static_cast<int>(names.size())))];
    }

    /// No template for an instance: whether systemd can join them depends on which is loaded first.
    const std::string& target_for(const std::string& name) {
        for (;;) {
            const auto& target = one_of(link_targets);
            const bool instance = name.find('@') != std::string::npos && name.find("@.") == std::string::npos;
            if (!instance || target.find("@.") == std::string::npos) return target;
        }
    }

    void unit(const std::string& name) {
        if (chance(15)) return;
        if (chance(8)) return file(name, "");
        if (chance(8)) return link(name, target_for(name));
        std::string text = "[Unit]\n";
        text += chance(80) ? "DefaultDependencies=no\n" : "";
        text += dependencies();
        if (name.ends_with(".service")) text += "[Service]\nExecStart=/bin/true\n";
        if (name.ends_with(".socket")) text += "[Socket]\nListenStream=/run/x\n";
        file(name, text);
    }

    std::string dependencies() {
        static const Names kinds = {"Wants", "After", "Before", "Requires", "PartOf", "BindsTo"};
        std::string text;
        for (int i = number(4); i > 0; --i) {
            text += one_of(kinds) + "=";
            for (int j = number(3); j > 0; --j) {
                text += chance(15) ? "\\\n# between\n " : " ";
                text += one_of(referred);
            }
            text += "\n";
        }
        return text;
    }

    void drop_in() {
        std::string path = one_of(side_stems) + ".d/";
        path += std::to_string(number(4)) + ".conf";
        if (chance(10))
            link(path, "/dev/null");
        else
            file(path, chance(15) ? "" : "[Unit]\n" + dependencies());
    }

    void side_link() {
        static const Names kinds = {".wants", ".wants", ".requires", ".upholds"};
        const std::string entry = chance(10) ? "nonsense" : one_of(referred);
        std::string path = one_of(side_stems);
        path += one_of(kinds) + "/" + entry;
        if (chance(15))
            link(path, "/dev/null");
        else if (chance(10))
            file(path, chance(50) ? "" : "text");
        else
            link(path, "../" + (chance(15) ? one_of(referred) : entry));
    }

    bool take(const std::string& path) {
        if (!taken_.insert(path).second) return false;
        fs::create_directories((directory_ / path).parent_path());
        return true;
    }

    void file(const std::string& path, const std::string& text) {
        if (take(path)) std::ofstream(directory_ / path) << text;
    }

    void link(const std::string& path, const std::string& target) {
        if (take(path)) fs::create_symlink(target, directory_ / path);
    }

    fs::path directory_;
    std::mt19937 random_;
    std::set<std::string> taken_;
};

int compare_trees(unsigned first, unsigned count) {
    const Oracle oracle;
    std::size_t wrong = 0, edges = 0, loaded = 0;
    for (unsigned seed = first; seed < first + count; ++seed) {
        const std::string path = "/run/random/" + std::to_string(seed);
        fs::create_directories(oracle.root() + path);
        Generator(oracle.root() + path, seed).run();
        const auto answer = oracle.ask(path, "goal.target");
        units::Loader loader({.root = oracle.root(), .unit_path = {path}, .on_disk = true, .specifiers = {}});
        const auto ours = compute(loader, "goal.target", in_container(answer));
        loaded += answer.units.size();
        edges += ours.graph.edges().size();
        for (const auto& line : differences(ours, answer, "goal.target")) {
            if (line.starts_with("job ")) continue;
            ++wrong;
            std::printf("seed %u: %s\n", seed, line.c_str());
        }
    }
    std::printf("%u trees, %zu units and %zu dependencies compared, %zu differences\n", count, loaded, edges, wrong);
    return wrong == 0 && loaded > 10 * count ? 0 : 1;
}

}  // namespace

}  // namespace sandgraft::test

int main() {
    if (sandgraft::test::Oracle::is_missing()) return 77;
    if (const char* seed = std::getenv("SANDGRAFT_SEED"))
        return sandgraft::test::compare_trees(static_cast<unsigned>(std::atoi(seed)), 1);
    return sandgraft::test::compare_trees(1, 100);
}
