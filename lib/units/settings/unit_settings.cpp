// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/settings/unit_settings.hpp"

#include "units/load/root.hpp"
#include "units/settings/commands.hpp"
#include "units/settings/known_directives.hpp"
#include "units/settings/setting_checks.hpp"
#include "units/text/calendar.hpp"
#include "units/text/values.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <climits>
#include <iterator>
#include <optional>
#include <unordered_map>

namespace sandgraft::units {

namespace {

using Setter = void (*)(UnitSettings&, const Assignment&);

/// What a key sets, and whether it takes the value; without a check it takes any.
struct Rule {
    Setter set;
    SettingCheck check = nullptr;
};

/// The tables are small and fixed, and a key is looked up for every line of every unit file: a few of its bytes do.
struct KeyHash {
    std::size_t operator()(std::string_view key) const noexcept {
        const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(key[at])); };
        return key.empty() ? 0 : key.size() + byte(0) * 31 + byte(key.size() / 2) * 1009 + byte(key.size() - 1) * 8191;
    }
};

using RuleTable = std::unordered_map<std::string_view, Rule, KeyHash>;
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

template <OtherCommand Which>
void other_command(UnitSettings& settings, const Assignment& assignment) {
    settings.other_commands[static_cast<std::size_t>(Which)] = !assignment.value.empty();
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
    else
        settings.monotonic = true;
}

void isolate_on_failure(UnitSettings& settings, const Assignment& assignment) {
    if (const auto value = parse_boolean(assignment.value))
        settings.on_failure_job_mode = *value ? "isolate" : "replace";
}

void nothing(UnitSettings& /*settings*/, const Assignment& /*assignment*/) {}

using Words = std::string_view;
constexpr Words actions[] = {"none",           "reboot", "reboot-force",       "reboot-immediate", "poweroff",
                             "poweroff-force", "exit",   "poweroff-immediate", "exit-force"};
constexpr Words kill_modes[] = {"control-group", "process", "mixed", "none"};
constexpr Words service_types[] = {"simple", "forking", "oneshot", "dbus", "notify", "idle", "exec"};
constexpr Words restarts[] = {"no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"};
constexpr Words job_modes[] = {"fail",  "replace",    "replace-irreversibly", "isolate",
                               "flush", "triggering", "ignore-dependencies",  "ignore-requirements"};
constexpr Words oom_modes[] = {"auto", "kill"};
constexpr Words device_policies[] = {"auto", "closed", "strict"};

/// The type of a mount is a file system's.
Verdict type_of_service_or_mount(const Loader& loader, const Unit& unit, std::string_view value) {
    return unit.type == UnitType::service ? checks::one_of<service_types>(loader, unit, value)
                                          : checks::text(loader, unit, value);
}

Verdict time(const Loader& loader, const Unit& unit, std::string_view value) {
    if (value.empty()) return Verdict::accept;
    const auto is_zone = [&](std::string_view name) {
        return name.find_first_not_of("+-/_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
                   std::string_view::npos &&
               is_normalized_path("/" + std::string(name)) &&
               loader.root().read_small("/usr/share/zoneinfo/" + std::string(name)).starts_with("TZif");
    };
    const auto text = loader.expand(unit, value);
    return text && is_calendar_expression(*text, is_zone) ? Verdict::accept : Verdict::ignore;
}

Verdict span(const Loader& loader, const Unit& unit, std::string_view value) {
    if (value.empty()) return Verdict::accept;
    const auto text = loader.expand(unit, value);
    return text && parse_time_span(*text) ? Verdict::accept : Verdict::ignore;
}

// An empty value of any one path setting resets them all.
void watch(UnitSettings& settings, const Assignment& assignment) { append(settings.paths, assignment.value); }

const RuleTable& unit_rules() {
    using K = DependencyKind;
    using S = UnitSettings;
    static const RuleTable table{
        {"Requires", {depend<K::requires_>}},
        {"RequiresOverridable", {depend<K::requires_>}},
        {"Requisite", {depend<K::requisite>}},
        {"RequisiteOverridable", {depend<K::requisite>}},
        {"Wants", {depend<K::wants>}},
        {"BindsTo", {depend<K::binds_to>}},
        {"BindTo", {depend<K::binds_to>}},
        {"Upholds", {depend<K::upholds>}},
        {"PartOf", {depend<K::part_of>}},
        {"Conflicts", {depend<K::conflicts>}},
        {"Before", {depend<K::before>}},
        {"After", {depend<K::before, true>}},
        {"OnSuccess", {depend<K::on_success>}},
        {"OnFailure", {depend<K::on_failure>}},
        {"PropagatesReloadTo", {depend<K::propagates_reload_to>}},
        {"PropagateReloadTo", {depend<K::propagates_reload_to>}},
        {"ReloadPropagatedFrom", {depend<K::propagates_reload_to, true>}},
        {"PropagateReloadFrom", {depend<K::propagates_reload_to, true>}},
        {"PropagatesStopTo", {depend<K::propagates_stop_to>}},
        {"StopPropagatedFrom", {depend<K::propagates_stop_to, true>}},
        {"JoinsNamespaceOf", {depend<K::joins_namespace_of>}},
        {"RequiresMountsFor", {each<&S::requires_mounts_for>}},
        {"DefaultDependencies", {flag<&S::default_dependencies>}},
        {"AllowIsolate", {flag<&S::allow_isolate>}},
        {"IgnoreOnIsolate", {flag<&S::ignore_on_isolate>}},
        {"SuccessAction", {text<&S::success_action>, checks::one_of<actions>}},
        {"OnSuccessJobMode", {text<&S::on_success_job_mode>, checks::one_of<job_modes>}},
        {"OnFailureJobMode", {text<&S::on_failure_job_mode>, checks::one_of<job_modes>}},
        {"OnFailureIsolate", {isolate_on_failure}},
    };
    return table;
}

const RuleTable& own_rules() {
    using S = UnitSettings;
    static const RuleTable table{
        {"Slice", {each<&S::slices>}},
        {"ManagedOOMSwap", {text<&S::managed_oom_swap>, checks::empty_or_one_of<oom_modes>}},
        {"ManagedOOMMemoryPressure", {text<&S::managed_oom_memory_pressure>, checks::empty_or_one_of<oom_modes>}},
        {"DevicePolicy", {text<&S::device_policy>, checks::one_of<device_policies>}},
        {"DeviceAllow", {mentioned<&S::device_allow>, checks::device}},
        {"StandardInput", {text<&S::standard_input>, checks::input}},
        {"StandardOutput", {text<&S::standard_output>, checks::output}},
        {"StandardError", {text<&S::standard_error>, checks::output}},
        {"StandardInputText", {mentioned<&S::standard_input_data>}},
        {"StandardInputData", {mentioned<&S::standard_input_data>}},
        {"LogNamespace", {text<&S::log_namespace>, checks::log_namespace}},
        {"WorkingDirectory", {text<&S::working_directory>, checks::working_directory}},
        {"RootDirectory", {text<&S::root_directory>, checks::vital_path}},
        {"RootImage", {text<&S::root_image>, checks::vital_path}},
        {"MountImages", {mentioned<&S::mount_images>, checks::mount_images}},
        {"RootVerity", {nothing, checks::vital_path}},
        {"User", {nothing, checks::user}},
        {"Group", {nothing, checks::user}},
        {"SupplementaryGroups", {nothing, checks::users}},
        {"SocketUser", {nothing, checks::user}},
        {"SocketGroup", {nothing, checks::user}},
        {"SELinuxContext", {nothing, checks::label}},
        {"AppArmorProfile", {nothing, checks::label}},
        {"SmackProcessLabel", {nothing, checks::label}},
        {"PIDFile", {nothing, checks::pid_file}},
        {"PAMName", {text<&S::pam_name>, checks::text}},
        {"KillMode", {text<&S::kill_mode>, checks::one_of<kill_modes>}},
        {"PrivateTmp", {flag<&S::private_tmp>}},
        {"DynamicUser", {flag<&S::dynamic_user>, checks::vital_flag}},
        {"RuntimeDirectory", {directory<OwnDirectory::runtime>}},
        {"StateDirectory", {directory<OwnDirectory::state>}},
        {"CacheDirectory", {directory<OwnDirectory::cache>}},
        {"LogsDirectory", {directory<OwnDirectory::logs>}},
        {"ConfigurationDirectory", {directory<OwnDirectory::configuration>}},
        {"ExecStart", {start_command}},
        {"ExecStop", {mentioned<&S::stop_commands>}},
        {"ExecStartPre", {other_command<OtherCommand::start_pre>}},
        {"ExecStartPost", {other_command<OtherCommand::start_post>}},
        {"ExecStopPre", {other_command<OtherCommand::stop_pre>}},
        {"ExecStopPost", {other_command<OtherCommand::stop_post>}},
        {"Type", {text<&S::type>, type_of_service_or_mount}},
        {"BusName", {text<&S::bus_name>, checks::bus_name}},
        {"Restart", {text<&S::restart>, checks::one_of<restarts>}},
        {"RestartForceExitStatus", {text<&S::restart_force_exit_status>, checks::exit_statuses}},
        {"RemainAfterExit", {flag<&S::remain_after_exit>}},
        {"Sockets", {each<&S::sockets>}},
        {"ListenStream", {listen}},
        {"ListenDatagram", {listen}},
        {"ListenSequentialPacket", {listen}},
        {"ListenFIFO", {listen}},
        {"ListenSpecial", {listen}},
        {"ListenNetlink", {listen}},
        {"ListenMessageQueue", {listen}},
        {"ListenUSBFunction", {listen}},
        {"Accept", {flag<&S::accept>}},
        {"Service", {text<&S::service>, checks::service}},
        {"BindToDevice", {text<&S::bind_to_device>, checks::interface}},
        {"Symlinks", {list<&S::symlinks>, checks::links}},
        {"OnCalendar", {calendar, time}},
        {"OnActiveSec", {monotonic, span}},
        {"OnBootSec", {monotonic, span}},
        {"OnStartupSec", {monotonic, span}},
        {"OnUnitActiveSec", {monotonic, span}},
        {"OnUnitInactiveSec", {monotonic, span}},
        {"OnClockChange", {flag<&S::on_clock_change>}},
        {"OnTimezoneChange", {flag<&S::on_timezone_change>}},
        {"Persistent", {flag<&S::persistent>}},
        {"Unit", {each<&S::triggered_units>}},
        {"PathExists", {watch}},
        {"PathExistsGlob", {watch}},
        {"PathChanged", {watch}},
        {"PathModified", {watch}},
        {"DirectoryNotEmpty", {watch}},
        {"What", {text<&S::what>, checks::swap_path}},
        {"Where", {text<&S::where>, checks::path}},
        {"Options", {text<&S::options>, checks::text}},
        {"ExtraOptions", {text<&S::options>}},
    };
    return table;
}

bool is_fatal(Verdict verdict) { return verdict == Verdict::bad_setting || verdict == Verdict::error; }

Verdict judge(const Rule& rule, const Loader& loader, const Unit& unit, const Assignment& assignment) {
    if (rule.check == nullptr) return Verdict::accept;
    const Verdict verdict = rule.check(loader, unit, assignment.value);
    const bool unknown = is_fatal(verdict) && !is_known_directive(unit.type, assignment.section, assignment.key);
    return unknown ? Verdict::ignore : verdict;
}

DependencyKind kind_of(LinkKind link) {
    switch (link) {
        case LinkKind::wants: return DependencyKind::wants;
        case LinkKind::requires_: return DependencyKind::requires_;
        case LinkKind::upholds: break;
    }
    return DependencyKind::upholds;
}

/// A function object, so that the loop over every command holds it.
constexpr auto is_plain = [](char c) {
    return (static_cast<unsigned char>(c) >= ' ' || c == '\t') && c != '"' && c != '\'' && c != '\\' && c != '%' &&
           c != ';' && c != 0x7F;
};

/// One command that systemd surely accepts: an absolute path and words, nothing quoted, escaped or to be expanded.
bool is_simple_command(std::string_view value) {
    if (!std::all_of(value.begin(), value.end(), is_plain)) return false;
    if (value.starts_with('-')) value.remove_prefix(1);
    if (value.starts_with("!!"))
        value.remove_prefix(2);
    else if (value.starts_with('+') || value.starts_with('!'))
        value.remove_prefix(1);
    const auto path = value.substr(0, value.find_first_of(" \t"));
    return path.starts_with('/') && !path.ends_with('/') && path.size() <= NAME_MAX;
}

std::optional<OtherCommand> find_other_command(std::string_view key) {
    if (key == "ExecStartPre") return OtherCommand::start_pre;
    if (key == "ExecStartPost") return OtherCommand::start_post;
    if (key == "ExecStopPre") return OtherCommand::stop_pre;
    if (key == "ExecStopPost") return OtherCommand::stop_post;
    return std::nullopt;
}

bool needs_a_closer_look(const Assignment& assignment, std::string_view own) {
    return assignment.section == own && !assignment.value.empty() && is_command_key(assignment.key) &&
           !is_simple_command(assignment.value);
}

/// Where systemd stops reading a file because of a value that it cannot accept.
struct FatalLine {
    std::string file;
    unsigned line = 0;
};

/// How many commands a key has, when that takes more than counting lines.
struct CommandCount {
    std::string_view key;
    std::size_t count = 0;
};

/// Reads the commands of every key that has one which is not simple.
std::vector<CommandCount> count_commands(const Loader& loader, const Unit& unit, std::vector<FatalLine>& fatal) {
    std::vector<CommandCount> counts;
    const std::string_view own = own_section(unit.type);
    for (const Assignment& assignment : unit.assignments) {
        const auto has_key = [&](const CommandCount& count) { return count.key == assignment.key; };
        if (!needs_a_closer_look(assignment, own) || std::any_of(counts.begin(), counts.end(), has_key)) continue;
        const Commands commands = read_commands(loader, unit, assignment.key);
        counts.push_back({assignment.key, commands.commands.size()});
        for (const Warning& line : commands.fatal) fatal.push_back({line.file, line.line});
    }
    return counts;
}

bool is_cut_off(const Assignment& assignment, const std::vector<FatalLine>& fatal) {
    return std::any_of(fatal.begin(), fatal.end(),
                       [&](const FatalLine& at) { return assignment.file == at.file && assignment.line >= at.line; });
}

}  // namespace

bool is_command_key(std::string_view key) {
    constexpr std::string_view keys[] = {"ExecCondition", "ExecReload", "ExecStart",   "ExecStartPost",
                                         "ExecStartPre",  "ExecStop",   "ExecStopPre", "ExecStopPost"};
    return key.starts_with("Exec") && std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

bool ends_reading(const Loader& loader, const Unit& unit, const Assignment& assignment) {
    if (assignment.section != own_section(unit.type)) return false;
    const auto found = own_rules().find(assignment.key);
    return found != own_rules().end() && is_fatal(judge(found->second, loader, unit, assignment));
}

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
    std::vector<FatalLine> fatal_lines;
    const auto counts = count_commands(loader, unit, fatal_lines);
    for (const FatalLine& line : fatal_lines)
        if (line.file == unit.fragment_path) fatal = {LoadState::bad_setting, "a command that cannot be executed"};
    dependencies.reserve(8 + unit.links.size());
    const auto apply = [&](const RuleTable& table, const Assignment& assignment) {
        const auto found = table.find(assignment.key);
        if (found == table.end()) return;
        const Verdict verdict = judge(found->second, loader, unit, assignment);
        if (verdict == Verdict::accept) return found->second.set(*this, assignment);
        if (!is_fatal(verdict)) return;
        fatal_lines.push_back({std::string(assignment.file), assignment.line});
        if (assignment.file == unit.fragment_path)
            fatal = {verdict == Verdict::error ? LoadState::error : LoadState::bad_setting,
                     "a setting whose value systemd does not accept"};
    };
    const auto take = [&](const Assignment& assignment) {
        if (!fatal_lines.empty() && is_cut_off(assignment, fatal_lines)) return;
        if (assignment.section == "Unit")
            apply(unit_rules(), assignment);
        else if (!own.empty() && assignment.section == own)
            apply(own_rules(), assignment);
    };
    std::size_t i = 0;
    for (; i < unit.assignments.size() && unit.assignments[i].file == unit.fragment_path; ++i)
        take(unit.assignments[i]);
    if (fatal.state != LoadState::loaded) return;
    for (const DirectoryLink& link : unit.links) dependencies.push_back({{kind_of(link.kind), false}, link.name});
    for (; i < unit.assignments.size(); ++i) take(unit.assignments[i]);
    for (const CommandCount& count : counts) correct(count.key, count.count);
}

/// Lines that hold no command, or several, make a difference to what was counted.
void UnitSettings::correct(std::string_view key, std::size_t count) {
    if (key == "ExecStart")
        start_commands = count;
    else if (key == "ExecStop")
        stop_commands = count > 0;
    else if (const auto which = find_other_command(key))
        other_commands[static_cast<std::size_t>(*which)] = count > 0;
}

}  // namespace sandgraft::units
