// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/unit_settings.hpp"

#include "units/commands.hpp"
#include "units/values.hpp"

#include <algorithm>
#include <climits>
#include <optional>
#include <unordered_map>

namespace sandgraft::units {

namespace {

using Setter = void (*)(UnitSettings&, const Assignment&);

/// The tables are small and fixed, and a key is looked up for every line of every unit file: a few of its bytes do.
struct KeyHash {
    std::size_t operator()(std::string_view key) const noexcept {
        const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(key[at])); };
        return key.empty() ? 0 : key.size() + byte(0) * 31 + byte(key.size() / 2) * 1009 + byte(key.size() - 1) * 8191;
    }
};

using SetterTable = std::unordered_map<std::string_view, Setter, KeyHash>;
using Texts = UnitSettings::Texts;

template <DependencyKind Kind, bool Reversed = false>
void depend(UnitSettings& settings, const Assignment& assignment) {
    settings.dependencies.push_back({{Kind, Reversed}, assignment.value});
}

template <std::string_view UnitSettings::*Field>
void text(UnitSettings& settings, const Assignment& assignment) {
    settings.*Field = assignment.value;
}

template <bool UnitSettings::*Field>
void flag(UnitSettings& settings, const Assignment& assignment) {
    if (const auto value = parse_boolean(assignment.value)) settings.*Field = *value;
}

template <bool UnitSettings::*Field>
void mentioned(UnitSettings& settings, const Assignment& assignment) {
    settings.*Field = !assignment.value.empty();
}

void append(Texts& list, std::string_view value) {
    if (value.empty())
        list.clear();
    else
        list.push_back(value);
}

template <Texts UnitSettings::*Field>
void list(UnitSettings& settings, const Assignment& assignment) {
    append(settings.*Field, assignment.value);
}

/// A list that no empty assignment takes back.
template <Texts UnitSettings::*Field>
void each(UnitSettings& settings, const Assignment& assignment) {
    if (!assignment.value.empty()) (settings.*Field).push_back(assignment.value);
}

template <OwnDirectory Which>
void directory(UnitSettings& settings, const Assignment& assignment) {
    append(settings.directories[static_cast<std::size_t>(Which)], assignment.value);
}

void start_command(UnitSettings& settings, const Assignment& assignment) {
    settings.start_commands = assignment.value.empty() ? 0 : settings.start_commands + 1;
}

void listen(UnitSettings& settings, const Assignment& assignment) {
    if (assignment.value.empty())
        settings.listens.clear();
    else
        settings.listens.push_back({assignment.key, assignment.value});
}

void calendar(UnitSettings& settings, const Assignment& assignment) {
    settings.calendar = !assignment.value.empty();
    if (assignment.value.empty()) settings.monotonic = false;
}

// An empty value of any one timer setting resets them all.
void monotonic(UnitSettings& settings, const Assignment& assignment) {
    if (assignment.value.empty())
        settings.calendar = settings.monotonic = false;
    else if (parse_time_span(assignment.value))
        settings.monotonic = true;
}

// An empty value of any one path setting resets them all.
void watch(UnitSettings& settings, const Assignment& assignment) { append(settings.paths, assignment.value); }

const SetterTable& unit_setters() {
    using K = DependencyKind;
    using S = UnitSettings;
    static const SetterTable table{
        {"Requires", depend<K::requires_>},
        {"RequiresOverridable", depend<K::requires_>},
        {"Requisite", depend<K::requisite>},
        {"RequisiteOverridable", depend<K::requisite>},
        {"Wants", depend<K::wants>},
        {"BindsTo", depend<K::binds_to>},
        {"BindTo", depend<K::binds_to>},
        {"Upholds", depend<K::upholds>},
        {"PartOf", depend<K::part_of>},
        {"Conflicts", depend<K::conflicts>},
        {"Before", depend<K::before>},
        {"After", depend<K::before, true>},
        {"OnSuccess", depend<K::on_success>},
        {"OnFailure", depend<K::on_failure>},
        {"PropagatesReloadTo", depend<K::propagates_reload_to>},
        {"PropagateReloadTo", depend<K::propagates_reload_to>},
        {"ReloadPropagatedFrom", depend<K::propagates_reload_to, true>},
        {"PropagateReloadFrom", depend<K::propagates_reload_to, true>},
        {"PropagatesStopTo", depend<K::propagates_stop_to>},
        {"StopPropagatedFrom", depend<K::propagates_stop_to, true>},
        {"JoinsNamespaceOf", depend<K::joins_namespace_of>},
        {"RequiresMountsFor", each<&S::requires_mounts_for>},
        {"DefaultDependencies", flag<&S::default_dependencies>},
        {"AllowIsolate", flag<&S::allow_isolate>},
        {"IgnoreOnIsolate", flag<&S::ignore_on_isolate>},
        {"SuccessAction", text<&S::success_action>},
        {"OnSuccessJobMode", text<&S::on_success_job_mode>},
        {"OnFailureJobMode", text<&S::on_failure_job_mode>},
    };
    return table;
}

const SetterTable& own_setters() {
    using S = UnitSettings;
    static const SetterTable table{
        {"Slice", each<&S::slices>},
        {"ManagedOOMSwap", text<&S::managed_oom_swap>},
        {"ManagedOOMMemoryPressure", text<&S::managed_oom_memory_pressure>},
        {"DevicePolicy", text<&S::device_policy>},
        {"DeviceAllow", mentioned<&S::device_allow>},
        {"StandardInput", text<&S::standard_input>},
        {"StandardOutput", text<&S::standard_output>},
        {"StandardError", text<&S::standard_error>},
        {"StandardInputText", mentioned<&S::standard_input_data>},
        {"StandardInputData", mentioned<&S::standard_input_data>},
        {"LogNamespace", text<&S::log_namespace>},
        {"WorkingDirectory", text<&S::working_directory>},
        {"RootDirectory", text<&S::root_directory>},
        {"RootImage", text<&S::root_image>},
        {"MountImages", mentioned<&S::mount_images>},
        {"PAMName", text<&S::pam_name>},
        {"KillMode", text<&S::kill_mode>},
        {"PrivateTmp", flag<&S::private_tmp>},
        {"DynamicUser", flag<&S::dynamic_user>},
        {"RuntimeDirectory", directory<OwnDirectory::runtime>},
        {"StateDirectory", directory<OwnDirectory::state>},
        {"CacheDirectory", directory<OwnDirectory::cache>},
        {"LogsDirectory", directory<OwnDirectory::logs>},
        {"ConfigurationDirectory", directory<OwnDirectory::configuration>},
        {"ExecStart", start_command},
        {"ExecStop", mentioned<&S::stop_commands>},
        {"ExecStartPre", mentioned<&S::other_commands>},
        {"ExecStartPost", mentioned<&S::other_commands>},
        {"ExecStopPre", mentioned<&S::other_commands>},
        {"ExecStopPost", mentioned<&S::other_commands>},
        {"Type", text<&S::type>},
        {"BusName", text<&S::bus_name>},
        {"Restart", text<&S::restart>},
        {"RestartForceExitStatus", text<&S::restart_force_exit_status>},
        {"RemainAfterExit", flag<&S::remain_after_exit>},
        {"Sockets", each<&S::sockets>},
        {"ListenStream", listen},
        {"ListenDatagram", listen},
        {"ListenSequentialPacket", listen},
        {"ListenFIFO", listen},
        {"ListenSpecial", listen},
        {"ListenNetlink", listen},
        {"ListenMessageQueue", listen},
        {"ListenUSBFunction", listen},
        {"Accept", flag<&S::accept>},
        {"Service", text<&S::service>},
        {"BindToDevice", text<&S::bind_to_device>},
        {"Symlinks", list<&S::symlinks>},
        {"OnCalendar", calendar},
        {"OnActiveSec", monotonic},
        {"OnBootSec", monotonic},
        {"OnStartupSec", monotonic},
        {"OnUnitActiveSec", monotonic},
        {"OnUnitInactiveSec", monotonic},
        {"OnClockChange", flag<&S::on_clock_change>},
        {"OnTimezoneChange", flag<&S::on_timezone_change>},
        {"Persistent", flag<&S::persistent>},
        {"Unit", each<&S::triggered_units>},
        {"PathExists", watch},
        {"PathExistsGlob", watch},
        {"PathChanged", watch},
        {"PathModified", watch},
        {"DirectoryNotEmpty", watch},
        {"What", text<&S::what>},
        {"Where", text<&S::where>},
        {"Options", text<&S::options>},
        {"ExtraOptions", text<&S::options>},
    };
    return table;
}

DependencyKind kind_of(LinkKind link) {
    switch (link) {
        case LinkKind::wants: return DependencyKind::wants;
        case LinkKind::requires_: return DependencyKind::requires_;
        case LinkKind::upholds: break;
    }
    return DependencyKind::upholds;
}

void apply(UnitSettings& settings, const SetterTable& table, const Assignment& assignment) {
    if (const auto found = table.find(assignment.key); found != table.end()) found->second(settings, assignment);
}

bool is_plain(char c) {
    return (static_cast<unsigned char>(c) >= ' ' || c == '\t') && c != '"' && c != '\'' && c != '\\' && c != '%' &&
           c != ';' && c != 0x7F;
}

/// One command that systemd surely accepts: an absolute path and words, nothing quoted, escaped or to be expanded.
bool is_simple_command(std::string_view value) {
    if (!std::all_of(value.begin(), value.end(), is_plain)) return false;
    if (value.starts_with('-')) value.remove_prefix(1);
    if (value.starts_with('+') || value.starts_with('!')) value.remove_prefix(1);
    const auto path = value.substr(0, value.find_first_of(" \t"));
    return path.starts_with('/') && !path.ends_with('/') && path.size() <= NAME_MAX;
}

bool is_command(const Assignment& assignment, std::string_view own) {
    return assignment.section == own && assignment.key.starts_with("Exec") && !assignment.value.empty() &&
           !is_simple_command(assignment.value);
}

/// Where systemd stops reading a file because of a command that it cannot accept.
struct FatalLine {
    std::string file;
    unsigned line = 0;
};

std::vector<FatalLine> find_fatal_lines(const Loader& loader, const Unit& unit,
                                        std::optional<std::size_t>& start_commands) {
    std::vector<FatalLine> fatal;
    std::vector<std::string_view> seen;
    const std::string_view own = own_section(unit.type);
    for (const Assignment& assignment : unit.assignments) {
        if (!is_command(assignment, own) || std::find(seen.begin(), seen.end(), assignment.key) != seen.end()) continue;
        seen.push_back(assignment.key);
        const Commands commands = read_commands(loader, unit, assignment.key);
        if (assignment.key == "ExecStart") start_commands = commands.commands.size();
        if (commands.fatal) fatal.push_back({commands.warnings.back().file, commands.warnings.back().line});
    }
    return fatal;
}

bool is_cut_off(const Assignment& assignment, const std::vector<FatalLine>& fatal) {
    return std::any_of(fatal.begin(), fatal.end(),
                       [&](const FatalLine& at) { return assignment.file == at.file && assignment.line >= at.line; });
}

}  // namespace

// systemd reads the fragment, then the links of the .wants/ directories, then the drop-ins.
UnitSettings::UnitSettings(const Loader& loader, const Unit& unit, std::pmr::memory_resource* memory)
    : dependencies(memory),
      requires_mounts_for(memory),
      slices(memory),
      directories{Texts(memory), Texts(memory), Texts(memory), Texts(memory), Texts(memory)},
      sockets(memory),
      listens(memory),
      symlinks(memory),
      paths(memory),
      triggered_units(memory) {
    const std::string_view own = own_section(unit.type);
    std::optional<std::size_t> counted;
    const std::vector<FatalLine> fatal_lines = find_fatal_lines(loader, unit, counted);
    dependencies.reserve(8 + unit.links.size());
    const auto take = [&](const Assignment& assignment) {
        if (!fatal_lines.empty() && is_cut_off(assignment, fatal_lines)) return;
        if (assignment.section == "Unit")
            apply(*this, unit_setters(), assignment);
        else if (!own.empty() && assignment.section == own)
            apply(*this, own_setters(), assignment);
    };
    std::size_t i = 0;
    for (; i < unit.assignments.size() && unit.assignments[i].file == unit.fragment_path; ++i)
        take(unit.assignments[i]);
    for (const FatalLine& line : fatal_lines) fatal = fatal || line.file == unit.fragment_path;
    if (fatal) return;
    for (const DirectoryLink& link : unit.links) dependencies.push_back({{kind_of(link.kind), false}, link.name});
    for (; i < unit.assignments.size(); ++i) take(unit.assignments[i]);
    start_commands = counted.value_or(start_commands);
}

}  // namespace sandgraft::units
