// SPDX-License-Identifier: LGPL-2.1-or-later
// Settings of every unit type with values of every kind (settings.table), alone and in random company, loaded by the
// library and by systemd: states, dependencies, names and commands are the same. SANDGRAFT_SEED=N does one random
// tree, SANDGRAFT_SEED=N-M all of them; SANDGRAFT_KEEP=DIR keeps the trees.
#include "base/text.hpp"
#include "units/comparison.hpp"
#include "units/text/c_escape.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

namespace sandgraft::test {

namespace {

namespace fs = std::filesystem;

struct Row {
    std::string section, key, value;
};

using Table = std::map<std::string, std::vector<Row>>;  ///< by group

std::string unescaped(std::string_view text) {
    if (text == "<empty>") return {};
    std::string out;
    while (!text.empty()) {
        const auto backslash = text.find('\\');
        out += text.substr(0, backslash);
        if (backslash == std::string_view::npos) break;
        text.remove_prefix(backslash + 1);
        if (!units::append_unescaped(text, out)) out += '\\';
    }
    return out;
}

Table read_table(const fs::path& file) {
    Table table;
    std::string line, group, key;
    for (std::ifstream in(file); std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        if (line[0] == '[')
            group = line.substr(1, line.size() - 2);
        else if (line[0] != '\t')
            key = line;
        else
            table[group].push_back({{}, key, unescaped(std::string_view(line).substr(1))});
    }
    return table;
}

struct Type {
    std::string name, section, base;
    std::vector<std::string> groups;
    bool template_;
};

const std::vector<Type> types = {
    {"service", "Service", "ExecStart=/bin/true\n", {"service", "exec", "slice-member"}, true},
    {"socket", "Socket", "ListenStream=/run/base\n", {"socket", "exec", "slice-member"}, true},
    {"target", "Target", "", {}, true},
    {"timer", "Timer", "OnBootSec=1\n", {"timer"}, true},
    {"path", "Path", "PathExists=/base\n", {"path"}, true},
    {"mount", "Mount", "What=/srv/what\n", {"mount", "exec", "slice-member"}, false},
    {"automount", "Automount", "", {"automount"}, false},
    {"swap", "Swap", "", {"swap", "exec", "slice-member"}, false},
    {"slice", "Slice", "", {"slice-member"}, false},
};

std::string filled_in(std::string text, const std::string& number) {
    for (std::size_t at = 0; (at = text.find("${n}", at)) != std::string::npos;) text.replace(at, 4, number);
    return text;
}

/// Writes one tree, the same one with every compiler.
class Generator {
public:
    Generator(fs::path directory, const Table& table, unsigned seed)
        : directory_(std::move(directory)), table_(table), random_(seed) {
        fs::create_directories(directory_);
    }

    /// Every row of the table, alone or beside what the type needs.
    void sweep(std::size_t first, std::size_t count) {
        std::size_t at = 0;
        for (const auto& type : types) {
            for (const auto& row : table_.at("unit")) maybe(at++, first, count, type, {"Unit", row.key, row.value});
            for (const auto& group : type.groups)
                for (const auto& row : table_.at(group))
                    maybe(at++, first, count, type, {type.section, row.key, row.value});
        }
        end_ = at <= first + count;
        finish();
    }

    void draw(int units) {
        for (int i = 0; i < units; ++i) {
            const auto& type = types[static_cast<std::size_t>(number(static_cast<int>(types.size())))];
            std::vector<Row> rows;
            for (int n = 1 + number(6); n > 0; --n) rows.push_back(draw_row(type));
            unit(type, rows, chance(70), number(3));
        }
        finish();
    }

    [[nodiscard]] bool at_end() const { return end_; }

private:
    int number(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    bool chance(int percent) { return number(100) < percent; }

    void maybe(std::size_t at, std::size_t first, std::size_t count, const Type& type, const Row& row) {
        if (at < first || at >= first + count) return;
        unit(type, {row}, false, number(3));
    }

    Row draw_row(const Type& type) {
        const bool own = !type.groups.empty() && chance(65);
        const auto& rows = table_.at(
            own ? type.groups[static_cast<std::size_t>(number(static_cast<int>(type.groups.size())))] : "unit");
        Row row = rows[static_cast<std::size_t>(number(static_cast<int>(rows.size())))];
        row.section = own ? type.section : "Unit";
        return row;
    }

    void unit(const Type& type, const std::vector<Row>& rows, bool defaults, int base) {
        const auto digits = std::to_string(++count_);
        std::string file, name;
        if (type.name == "mount" || type.name == "automount" || type.name == "swap") {
            name = file = "mnt-u" + digits + "." + type.name;
        } else if (type.template_ && chance(30)) {
            file = "z" + digits + "@." + type.name;
            name = "z" + digits + "@in-st\\x2dx." + type.name;
        } else {
            name = file = (chance(20) ? "a-u" : "u") + digits + "." + type.name;
        }
        std::string text = "[Unit]\n";
        if (!defaults) text += "DefaultDependencies=no\n";
        std::string section = "Unit";
        const auto add_base = [&] {
            text += "[" + type.section + "]\n" + type.base;
            section = type.section;
        };
        std::string drop_in;
        if (base == 0) add_base();
        for (const auto& row : rows) {
            const auto line = row.key + "=" + filled_in(row.value, digits) + "\n";
            if (rows.size() > 1 && chance(15)) {
                drop_in += "[" + row.section + "]\n" + line;
                continue;
            }
            if (row.section != section) text += "[" + (section = row.section) + "]\n";
            text += line;
        }
        if (base == 1) add_base();
        std::ofstream(directory_ / file) << text;
        if (!drop_in.empty()) {
            fs::create_directories(directory_ / (name + ".d"));
            std::ofstream(directory_ / (name + ".d") / "x.conf") << drop_in;
        }
        goal_ += "Wants=" + name + "\n";
    }

    void finish() {
        std::ofstream(directory_ / "i@.service") << "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/true\n";
        std::ofstream(directory_ / "other.service") << "[Service]\nExecStart=/bin/true\n";
        // With these a requirement that is missing is rare: what else is started then varies.
        for (const char* name :
             {"sysinit.target", "basic.target", "sockets.target", "timers.target", "paths.target", "shutdown.target",
              "local-fs.target", "local-fs-pre.target", "remote-fs.target", "umount.target", "w.target", "x.target",
              "my.slice", "dbus.socket", "systemd-journald.socket", "tmp.mount"})
            std::ofstream(directory_ / name)
                << "[Unit]\nDefaultDependencies=no\n"
                << (std::string_view(name).ends_with(".socket") ? "[Socket]\nListenStream=/run/s\n" : "")
                << (std::string_view(name) == "tmp.mount" ? "[Mount]\nWhat=tmpfs\n" : "");
        for (const char* name : {"s1", "s2", "p", "u", "f", "g", "b", "r1", "r2", "r3", "r4", "r5", "r6"})
            std::ofstream(directory_ / (std::string(name) + ".service"))
                << "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/true\n";
        std::ofstream(directory_ / "mnt.mount") << "[Mount]\nWhat=/dev/mnt\nWhere=/mnt\n";
        std::ofstream(directory_ / "goal.target") << goal_;
    }

    fs::path directory_;
    const Table& table_;
    std::mt19937 random_;
    std::string goal_ = "[Unit]\nDefaultDependencies=no\n";
    unsigned count_ = 0;
    bool end_ = false;
};

struct Tally {
    std::size_t trees = 0, units = 0, bad = 0, edges = 0, commands = 0, wrong = 0;
};

void compare_tree(const Oracle& oracle, const std::string& path, const std::string& label, bool jobs, Tally& tally) {
    units::Loader loader({.root = oracle.root(), .unit_path = {path}, .on_disk = true, .specifiers = {}});
    auto answer = oracle.ask(path, "goal.target");
    const auto ours = compute(loader, "goal.target", in_container(answer));
    ++tally.trees;
    tally.units += answer.units.size();
    tally.edges += ours.graph.edges().size();
    for (const auto& [name, unit] : answer.units) tally.bad += unit.state == "bad-setting" ? 1 : 0;
    auto lines = differences(ours, answer, "goal.target");
    for (const auto& line : command_differences(loader, answer, tally.commands)) lines.push_back(line);
    const auto is_job = [](const std::string& line) { return line.starts_with("job "); };
    if (!jobs)
        std::erase_if(lines, [&](const std::string& line) { return is_job(line) || line.starts_with("order: "); });
    for (int again = 0; again < 20 && !lines.empty() && std::all_of(lines.begin(), lines.end(), is_job); ++again)
        lines = differences(ours, oracle.ask(path, "goal.target"), "goal.target");
    tally.wrong += lines.size();
    for (const auto& line : lines) std::printf("%s: %s\n", label.c_str(), line.c_str());
    if (const char* keep = std::getenv("SANDGRAFT_KEEP"); keep != nullptr && !lines.empty()) {
        fs::create_directories(keep);
        fs::copy(oracle.root() + path, fs::path(keep) / label,
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    }
    fs::remove_all(oracle.root() + path);
}

int run(const fs::path& file) {
    const auto table = read_table(file);
    const Oracle oracle;
    Tally tally;
    unsigned first = 1, last = 40;
    const char* seed = std::getenv("SANDGRAFT_SEED");
    if (seed != nullptr && std::sscanf(seed, "%u-%u", &first, &last) == 1) last = first;
    constexpr std::size_t rows = 500;
    std::size_t at = 0;
    for (bool done = seed != nullptr; !done; at += rows) {
        const auto path = "/run/sweep/" + std::to_string(at);
        Generator generator(oracle.root() + path, table, static_cast<unsigned>(at));
        generator.sweep(at, rows);
        done = generator.at_end();
        compare_tree(oracle, path, "rows-" + std::to_string(at), false, tally);
    }
    for (unsigned n = first; n <= last; ++n) {
        const auto path = "/run/drawn/" + std::to_string(n);
        const bool small = n % 2 == 0;
        Generator(oracle.root() + path, table, n).draw(small ? 6 : 150);
        compare_tree(oracle, path, "seed-" + std::to_string(n), small, tally);
    }
    std::printf("%zu trees, %zu units (%zu refused), %zu dependencies and %zu commands compared, %zu differences\n",
                tally.trees, tally.units, tally.bad, tally.edges, tally.commands, tally.wrong);
    return tally.wrong == 0 && tally.units > 10 && tally.bad > 0 ? 0 : 1;
}

}  // namespace

}  // namespace sandgraft::test

int main(int argc, char** argv) {
    if (sandgraft::test::Oracle::is_missing()) return 77;
    return argc == 2 ? sandgraft::test::run(argv[1]) : 2;
}
