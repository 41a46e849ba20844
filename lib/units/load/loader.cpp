// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/loader.hpp"

#include "units/load/drop_ins.hpp"
#include "units/load/name_table.hpp"
#include "units/load/unit_index.hpp"
#include "units/load/unit_reader.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory_resource>

namespace sandgraft::units {

/// What was loaded since the last change, and the memory that it is in.
struct Loaded {
    Loaded(const Root& root, const UnitIndex& index, const Overlay& overlay, unsigned systemd_version)
        : sides(root, index, overlay, arena), reader(root, index, overlay, sides, arena, systemd_version) {}

    Arena arena;
    SideReader sides;
    UnitReader reader;
    ArenaMemory memory{arena};
    std::pmr::deque<Unit> units{&memory};
    NameTable by_name;  ///< indices into units
};

struct Loader::State {
    explicit State(LoaderOptions given)
        : options(std::move(given)), root(options.root), index(root, options.unit_path, overlay) {
        loaded.emplace(root, index, overlay, options.systemd_version);
    }

    LoaderOptions options;
    Root root;
    Overlay overlay;
    UnitIndex index;
    std::optional<Loaded> loaded;       ///< none: the overlay has changed since
    mutable SpecifierValues from_root;  ///< filled in as something needs it
    mutable std::string known;          ///< the specifiers that are filled in

    const Unit& load(std::string_view name);
    const SpecifierValues& values_for(std::string_view text) const;
    void require_within_limits() const;
    Loaded& refresh();
    void change() { loaded.reset(); }
};

Loaded& Loader::State::refresh() {
    if (!loaded) {
        index.rebuild(overlay);
        loaded.emplace(root, index, overlay, options.systemd_version);
    }
    return *loaded;
}

void Loader::State::require_within_limits() const {
    const UnitReader& reader = loaded->reader;
    if (reader.bytes_read() > options.limits.bytes || reader.assignments_read() > options.limits.assignments)
        throw Error(ErrorCode::invalid, "the units in " + base::quote(options.root) + " are too large");
}

const Unit& Loader::State::load(std::string_view name) {
    auto& [arena, sides, reader, memory, units, by_name] = refresh();
    if (const auto at = by_name.find(name); at != no_node) return units[at];
    if (!is_loadable_name(name) && !is_template_name(name))
        throw Error(ErrorCode::invalid, base::quote(name) + " is not the name of a unit that can be loaded");
    const auto kept = arena.store(name);
    const auto fragment = reader.find_fragment(kept);
    if (fragment.id != kept)
        if (const auto at = by_name.find(fragment.id); at != no_node) return units[by_name.insert(kept, at)];
    if (units.size() >= options.limits.units)
        throw Error(ErrorCode::invalid, "there are more than " + std::to_string(options.limits.units) + " units");
    const auto& unit = units.emplace_back(reader.read(kept, fragment));
    require_within_limits();
    const auto id = static_cast<NodeId>(units.size() - 1);
    for (const auto alias : unit.names) by_name.insert(alias, id);
    by_name.insert(kept, id);
    return unit;
}

Loader::Loader(LoaderOptions options) {
    if (!options.on_disk) options.unit_path.clear();
    if (options.on_disk && options.unit_path.empty()) options.unit_path = system_unit_path();
    for (auto& directory : options.unit_path) {
        if (!directory.starts_with('/'))
            throw Error(ErrorCode::invalid, "unit path " + base::quote(directory) + " is not an absolute path");
        directory = simplify_path(directory);
    }
    state_ = std::make_unique<State>(std::move(options));
}

Loader::Loader(Loader&&) noexcept = default;
Loader& Loader::operator=(Loader&&) noexcept = default;
Loader::~Loader() = default;

const Unit& Loader::load(std::string_view name) { return state_->load(name); }

std::vector<std::string_view> Loader::names() const {
    state_->refresh();
    return state_->index.names();
}

bool Loader::exists(std::string_view name) const {
    state_->refresh();
    return state_->index.find(name) != nullptr || state_->index.find(template_of(name)) != nullptr;
}

const SpecifierValues& Loader::State::values_for(std::string_view text) const {
    if (options.specifiers) return *options.specifiers;
    for (const char specifier : root_specifiers(text))
        if (known.find(specifier) == std::string::npos) {
            read_root_value(root, specifier, from_root);
            known += specifier;
        }
    return from_root;
}

const SpecifierValues& Loader::specifiers() const { return state_->values_for("%m%b%H%v%o"); }
const SpecifierValues& Loader::fixed_specifiers() const { return state_->values_for({}); }

const Root& Loader::root() const noexcept { return state_->root; }
const std::vector<std::string>& Loader::unit_path() const noexcept { return state_->options.unit_path; }
std::vector<UnitWarning> Loader::warnings() const {
    state_->refresh();
    return state_->index.warnings();
}

const Overlay& Loader::overlay() const noexcept { return state_->overlay; }

void Loader::set_overlay(Overlay overlay) {
    state_->change();
    state_->overlay = std::move(overlay);
}

std::string Loader::text(std::string_view path) const {
    if (const auto* const node = find_node(state_->overlay, path)) {
        if (!node->is_link) return node->content;
        path = node->content;
    }
    if (path == "/dev/null") return {};
    const std::string file(path);
    const auto fd = state_->root.open_file(file);
    if (fd) return base::read_all(fd.get(), largest_file, file);
    if (errno != EINVAL) base::throw_errno("cannot open " + base::quote(path));
    const auto st = state_->root.status(file);
    if (st && is_null_or_empty(*st)) return {};
    throw Error(ErrorCode::invalid, base::quote(path) + " is not a regular file");
}

std::optional<std::string> Loader::expand_name(const Unit& unit, std::string_view text) const {
    if (text.find('%') == std::string_view::npos) return std::string(text);
    return units::expand_name(unit, state_->values_for(text), text);
}

std::optional<std::string> Loader::expand(const Unit& unit, std::string_view text) const {
    if (text.find('%') == std::string_view::npos) return std::string(text);
    return units::expand(unit, state_->values_for(text), text);
}

namespace {

void require_unit_name(std::string_view name) {
    if (!parse_unit_name(name)) throw Error(ErrorCode::invalid, base::quote(name) + " is not a valid unit name");
}

std::string_view suffix(LinkKind kind) {
    switch (kind) {
        case LinkKind::wants: return ".wants";
        case LinkKind::requires_: return ".requires";
        case LinkKind::upholds: return ".upholds";
    }
    return {};
}

}  // namespace

void Loader::put_unit(std::string_view name, std::string text) {
    require_unit_name(name);
    state_->change();
    state_->overlay.units.insert_or_assign(std::string(name), Overlay::Node{false, std::move(text)});
}

void Loader::put_drop_in(std::string_view unit, std::string_view file_name, std::string text) {
    if (!parse_unit_name(unit) && !unit_type_from_suffix(unit)) require_unit_name(unit);
    if (!file_name.ends_with(".conf") || file_name.starts_with('.') || file_name.find('/') != std::string_view::npos)
        throw Error(ErrorCode::invalid, base::quote(file_name) + " is not the name of a drop-in (NAME.conf)");
    state_->change();
    state_->overlay.directories[std::string(unit) + ".d"].insert_or_assign(std::string(file_name),
                                                                           Overlay::Node{false, std::move(text)});
}

void Loader::put_link(std::string_view unit, LinkKind kind, std::string_view target) {
    require_unit_name(unit);
    require_unit_name(target);
    state_->change();
    state_->overlay.directories[std::string(unit).append(suffix(kind))].insert_or_assign(
        std::string(target), Overlay::Node{true, "../" + std::string(target)});
}

void Loader::mask(std::string_view name) {
    require_unit_name(name);
    state_->change();
    state_->overlay.units.insert_or_assign(std::string(name), Overlay::Node{true, "/dev/null"});
}

void Loader::remove(std::string_view name) {
    require_unit_name(name);
    state_->change();
    if (const auto at = state_->overlay.units.find(name); at != state_->overlay.units.end())
        state_->overlay.units.erase(at);
    state_->overlay.removed.emplace(name);
}

std::vector<std::string> system_unit_path() {
    return {"/etc/systemd/system.control",   "/run/systemd/system.control",  "/run/systemd/transient",
            "/run/systemd/generator.early",  "/etc/systemd/system",          "/etc/systemd/system.attached",
            "/run/systemd/system",           "/run/systemd/system.attached", "/run/systemd/generator",
            "/usr/local/lib/systemd/system", "/lib/systemd/system",          "/usr/lib/systemd/system",
            "/run/systemd/generator.late"};
}

void require_startable(std::string_view name) {
    if (is_loadable_name(name)) return;
    if (!is_template_name(name))
        throw Error(ErrorCode::invalid, base::quote(name) + " is not the name of a unit that can be started");
    const auto parsed = parse_unit_name(name);
    throw Error(ErrorCode::invalid, base::quote(name) + " is a template, of which only instances can be started: " +
                                        std::string(parsed.prefix) + "@INSTANCE." +
                                        std::string(to_string(parsed.type)));
}

}  // namespace sandgraft::units

namespace sandgraft {

std::vector<std::string> parse_unit_path(std::string_view value) {
    std::vector<std::string> directories;
    const bool append = value.ends_with(':');
    for (const auto part : base::split(value, ':'))
        if (!part.empty()) directories.emplace_back(units::simplify_path(part));
    if (value.empty() || append)
        for (auto& directory : units::system_unit_path()) directories.push_back(std::move(directory));
    return directories;
}

}  // namespace sandgraft
