// SPDX-License-Identifier: LGPL-2.1-or-later
// What the execution environment of a unit needs before the unit can start.
#include "units/graph/graph_builder.hpp"
#include "units/text/words.hpp"

#include <optional>

namespace sandgraft::units {

namespace {

/// The only question that dependencies ask of an output.
enum class Output { inherit, journal_or_kmsg, other };

std::optional<Output> parse_output(std::string_view value) {
    for (const std::string_view logged :
         {"journal", "journal+console", "kmsg", "kmsg+console", "syslog", "syslog+console"})
        if (value == logged) return Output::journal_or_kmsg;
    if (value == "inherit") return Output::inherit;
    for (const std::string_view name : {"null", "tty", "socket", "fd"})
        if (value == name) return Output::other;
    for (const std::string_view prefix : {"fd:", "file:", "append:", "truncate:"})
        if (value.starts_with(prefix)) return Output::other;
    return std::nullopt;
}

/// Inputs that are output as well, so that a service's inherited output goes there.
bool is_bidirectional(std::string_view input) {
    return input.starts_with("tty") || input == "socket" || input.starts_with("fd");
}

/// Whether output ends in the journal or the kernel's log. The manager's defaults are journal, and inherit for errors.
bool uses_journal(const UnitSettings& settings, bool is_service) {
    const Output unset = is_service ? Output::inherit : Output::journal_or_kmsg;
    Output output = parse_output(settings.standard_output).value_or(unset);
    const Output error = parse_output(settings.standard_error).value_or(Output::inherit);
    if (is_service && output == Output::inherit && !is_bidirectional(settings.standard_input))
        output = Output::journal_or_kmsg;
    return output == Output::journal_or_kmsg || error == Output::journal_or_kmsg;
}

/// A path below a directory of the manager's, and not in the part of it that is systemd's own.
bool is_own_directory(std::string_view path) {
    return !path.empty() && !path.starts_with('/') && is_normalized_path('/' + std::string(path)) &&
           path != "private" && !path.starts_with("private/");
}

}  // namespace

void GraphBuilder::add_exec(NodeId id, const Settings& settings) {
    const std::string_view directory = settings.working_directory;
    if (!directory.empty() && directory != "~" && !directory.starts_with('-'))
        require_mounts_for(id, directory, Origin::file);
    for (const std::string_view path : {settings.root_directory, settings.root_image})
        if (!path.empty()) require_mounts_for(id, path, Origin::file);
    add_directories(id, settings);
    if (settings.private_tmp || settings.dynamic_user) add_private_tmp(id);
    if (!settings.root_image.empty()) add(id, {relation::after}, "systemd-udevd.service", Origin::file);
    add_loop_modules(id, settings);
    add_journal(id, settings);
}

/// The directory of "directory" or "directory:link".
std::optional<std::string> GraphBuilder::own_directory(NodeId id, std::string_view word, bool may_have_link) const {
    const Unit& unit = *node(id).unit;
    const auto colon = word.find(':');
    const auto path = loader_.expand(unit, word.substr(0, colon));
    const bool no_more_than_a_link = colon == 0;  // systemd takes it for the whole of /run, /var/lib, ...
    if (!path || !(no_more_than_a_link || is_own_directory(simplify_path(*path)))) return std::nullopt;
    if (colon != std::string_view::npos && colon + 1 < word.size()) {
        const auto link = loader_.expand(unit, word.substr(colon + 1));
        const bool fits = link && !link->starts_with('/') && is_normalized_path('/' + simplify_path(*link));
        if (!may_have_link || !fits) return std::nullopt;
    }
    return simplify_path(*path);
}

void GraphBuilder::add_directories(NodeId id, const Settings& settings) {
    const SpecifierValues& values = loader_.fixed_specifiers();
    const std::array<const std::string*, 5> parents{&values.runtime, &values.state, &values.cache, &values.logs,
                                                    &values.configuration};
    bool writes = false;
    std::string word;
    for (std::size_t i = 0; i < parents.size(); ++i)
        for (std::string_view rest : settings.directories[i])
            while (next_word(rest, word, {.unquote = true, .keep_escapes = true}) == WordResult::word) {
                const auto which = static_cast<OwnDirectory>(i);
                const auto path = own_directory(id, word, which != OwnDirectory::configuration);
                if (!path) continue;
                require_mounts_for(id, *parents[i] + "/" + *path, Origin::file);
                writes = writes || (which != OwnDirectory::runtime && which != OwnDirectory::configuration);
            }
    if (writes) add(id, {relation::after}, "systemd-remount-fs.service", Origin::file);
}

// /tmp is only wanted, not required, so that a masked tmp.mount does not keep the unit from starting.
void GraphBuilder::add_private_tmp(NodeId id) {
    add(id, {relation::after, relation::wants}, "tmp.mount", Origin::file);
    require_mounts_for(id, "/var/tmp", Origin::file);
    add(id, {relation::after}, "systemd-tmpfiles-setup.service", Origin::file);
}

/// Disk images need kernel modules, and a list of allowed devices can be resolved only when they are loaded.
void GraphBuilder::add_loop_modules(NodeId id, const Settings& settings) {
    const bool images = !settings.root_image.empty() || settings.mount_images;
    const bool restricted =
        settings.device_allow || settings.device_policy == "strict" || settings.device_policy == "closed";
    if (!images || !restricted) return;
    for (const std::string_view name :
         {"modprobe@loop.service", "modprobe@dm_mod.service", "modprobe@dm_verity.service"})
        add(id, {relation::after, relation::wants}, name, Origin::file);
}

void GraphBuilder::add_journal(NodeId id, const Settings& settings) {
    if (!settings.log_namespace.empty()) {
        const auto name = loader_.expand(*node(id).unit, settings.log_namespace);
        if (!name) return;
        for (const std::string_view prefix : {"systemd-journald@", "systemd-journald-varlink@"})
            add(id, {relation::after, relation::requires_}, std::string(prefix) + *name + ".socket", Origin::file);
    } else if (uses_journal(settings, node(id).type == UnitType::service) && !node(id).perpetual) {
        add(id, {relation::after}, "systemd-journald.socket", Origin::file);
    }
}

}  // namespace sandgraft::units
