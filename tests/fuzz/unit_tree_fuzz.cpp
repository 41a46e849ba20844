// SPDX-License-Identifier: LGPL-2.1-or-later
// A small tree on disk: names, links, drop-ins, fifos. An input is a list of entries, each begun by a line:
//
//     === NAME        a file, with the lines that follow
//     --> NAME TARGET a link
//     ||| NAME        a fifo
//
// All its units are loaded, closed over and written out again.
#include "fuzz/require.hpp"
#include "support/temp_tree.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/unit_set.hpp>
#include "units/graph/graph_builder.hpp"
#include "units/jobs/transaction.hpp"
#include "units/tree/profile.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace sandgraft;
using fuzz::require;

constexpr std::size_t most_entries = 300;

/// One name, or two with a slash between.
bool is_proper(std::string_view path) {
    const auto is_name = [](std::string_view name) {
        return !name.empty() && name.size() < 256 && name != "." && name != ".." && name.find('\0') == name.npos;
    };
    const auto slash = path.find('/');
    if (slash == path.npos) return is_name(path);
    const auto rest = path.substr(slash + 1);
    return is_name(path.substr(0, slash)) && is_name(rest) && rest.find('/') == rest.npos;
}

class TreeWriter {
public:
    explicit TreeWriter(test::TempTree& tree) : tree_(tree) {}

    void write(std::string_view input) {
        while (!input.empty() && entries_ < most_entries) {
            const auto end = std::min(input.find('\n'), input.size());
            line(input.substr(0, end));
            input.remove_prefix(std::min(end + 1, input.size()));
        }
        finish_file();
    }

private:
    void line(std::string_view text) {
        const auto kind = text.substr(0, 4);
        if (kind != "=== " && kind != "--> " && kind != "||| ") {
            text_.append(text) += '\n';
            return;
        }
        finish_file();
        text.remove_prefix(4);
        const auto space = std::min(text.find(' '), text.size());
        const auto name = kind == "--> " ? text.substr(0, space) : text;
        const auto path = "u/" + std::string(name);
        if (!is_proper(name) || !is_free(path)) return;
        ++entries_;
        if (kind == "=== ") name_ = path;
        if (kind == "||| ") tree_.fifo(path);
        if (kind == "--> ") tree_.link(path, link_target(text.substr(std::min(space + 1, text.size()))));
    }

    void finish_file() {
        if (!name_.empty()) tree_.file(name_, text_);
        name_.clear();
        text_.clear();
    }

    /// The kernel takes no other targets.
    static std::string link_target(std::string_view text) {
        std::string target(text.substr(0, text.find('\0')));
        return target.empty() || target.size() > 4000 ? "empty" : target;
    }

    /// Nothing is there, and the parent is a directory of the tree itself: never is anything written through a link.
    bool is_free(const std::string& path) const {
        const auto type = [&](const std::filesystem::path& at) { return std::filesystem::symlink_status(at).type(); };
        const std::filesystem::path full = tree_.at(path);
        const auto parent = type(full.parent_path());
        using std::filesystem::file_type;
        if (parent == file_type::not_found) return true;
        return parent == file_type::directory && type(full) == file_type::not_found;
    }

    test::TempTree& tree_;
    std::string name_, text_;
    std::size_t entries_ = 0;
};

units::LoaderOptions options(const test::TempTree& tree) {
    return {.root = tree.path(),
            .unit_path = {"/u"},
            .on_disk = true,
            .specifiers = units::SpecifierValues{},
            .systemd_version = 254,
            .limits = {.units = 2000, .assignments = 200'000, .bytes = 4 << 20}};
}

/// @return the goals that were found.
std::vector<std::string> load_all(units::Loader& loader) {
    std::vector<std::string> goals;
    for (const auto name : loader.names()) {
        if (!units::is_loadable_name(name)) continue;
        const auto& unit = loader.load(name);
        require(!unit.names.empty() && unit.names.front() == unit.id, "a unit has its own name");
        require(&loader.load(unit.id) == &unit, "a unit is found by its main name");
        require(unit.fragment_path.empty() || unit.fragment_path.starts_with("/u/"), "fragments are in the unit path");
        if (unit.state == UnitState::loaded && unit.id != "default.target") goals.emplace_back(unit.id);
    }
    return goals;
}

void close_over(units::Loader& loader, const std::vector<std::string>& goals) {
    units::GraphBuilder builder(loader);
    for (const auto& goal : goals) builder.load(goal);
    const auto graph = std::move(builder).finish();
    for (const auto& goal : goals) {
        const auto id = graph.find(goal);
        require(id.has_value(), "a goal is in the graph");
        try {
            (void)units::plan(graph, std::span(&*id, 1), units::JobMode::replace);
        } catch (const Error& error) {
            require(error.code() == ErrorCode::refused, "a transaction is computed or refused");
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    test::TempTree tree;
    tree.directory("u");
    TreeWriter(tree).write({reinterpret_cast<const char*>(data), size});
    try {
        units::Loader loader(options(tree));
        auto goals = load_all(loader);
        goals.resize(std::min<std::size_t>(goals.size(), 8));
        close_over(loader, goals);
        if (!goals.empty())
            for (const auto profile : {UnitProfile::full, UnitProfile::minimal, UnitProfile::bare}) try {
                    units::make_tree(loader, profile, {goals.front()}, true).write(tree.at("out"));
                    std::filesystem::remove_all(tree.at("out"));
                } catch (const Error&) {
                }
    } catch (const Error& error) {
        require(error.code() == ErrorCode::invalid, "a tree is loaded, or is too large");
    }
    return 0;
}
