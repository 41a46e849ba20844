// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/text/directives.hpp"

#include <algorithm>
#include <iterator>

namespace sandgraft::units {

namespace {

/// Dependencies in [Unit]: there is no taking back.
constexpr std::string_view additive_directives[] = {
    "After",
    "Before",
    "BindTo",
    "BindsTo",
    "Conflicts",
    "JoinsNamespaceOf",
    "OnFailure",
    "OnSuccess",
    "PartOf",
    "PropagateReloadFrom",
    "PropagateReloadTo",
    "PropagatesReloadTo",
    "PropagatesStopTo",
    "ReloadPropagatedFrom",
    "Requires",
    "RequiresMountsFor",
    "RequiresOverridable",
    "Requisite",
    "RequisiteOverridable",
    "StopPropagatedFrom",
    "Upholds",
    "Wants",
    "WantsMountsFor",
};

/// Lists of their own in the sections of services, sockets, mounts, swaps, slices and scopes, sorted.
constexpr std::string_view list_directives[] = {
    "AmbientCapabilities",
    "BPFProgram",
    "BindPaths",
    "BindReadOnlyPaths",
    "BlockIODeviceWeight",
    "BlockIOReadBandwidth",
    "BlockIOWriteBandwidth",
    "CPUAffinity",
    "CacheDirectory",
    "CapabilityBoundingSet",
    "ConfigurationDirectory",
    "DeviceAllow",
    "DisableControllers",
    "Environment",
    "EnvironmentFile",
    "ExecCondition",
    "ExecPaths",
    "ExecReload",
    "ExecSearchPath",
    "ExecStart",
    "ExecStartPost",
    "ExecStartPre",
    "ExecStop",
    "ExecStopPost",
    "ExecStopPre",
    "ExtensionDirectories",
    "ExtensionImages",
    "IODeviceLatencyTargetSec",
    "IODeviceWeight",
    "IOReadBandwidthMax",
    "IOReadIOPSMax",
    "IOWriteBandwidthMax",
    "IOWriteIOPSMax",
    "IPAddressAllow",
    "IPAddressDeny",
    "IPEgressFilterPath",
    "IPIngressFilterPath",
    "InaccessibleDirectories",
    "InaccessiblePaths",
    "LoadCredential",
    "LoadCredentialEncrypted",
    "LogExtraFields",
    "LogFilterPatterns",
    "LogsDirectory",
    "MountImages",
    "NoExecPaths",
    "PassEnvironment",
    "ReadOnlyDirectories",
    "ReadOnlyPaths",
    "ReadWriteDirectories",
    "ReadWritePaths",
    "RestartForceExitStatus",
    "RestartPreventExitStatus",
    "RestrictAddressFamilies",
    "RestrictFileSystems",
    "RestrictNetworkInterfaces",
    "RootImageOptions",
    "RuntimeDirectory",
    "SetCredential",
    "SetCredentialEncrypted",
    "SocketBindAllow",
    "SocketBindDeny",
    "StateDirectory",
    "SuccessExitStatus",
    "SupplementaryGroups",
    "Symlinks",
    "SystemCallArchitectures",
    "SystemCallFilter",
    "SystemCallLog",
    "TemporaryFileSystem",
    "UnsetEnvironment",
};

static_assert(std::is_sorted(std::begin(additive_directives), std::end(additive_directives)));
static_assert(std::is_sorted(std::begin(list_directives), std::end(list_directives)));

constexpr std::string_view timer_directives[] = {"OnActiveSec",  "OnBootSec",       "OnCalendar",
                                                 "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"};
constexpr std::string_view path_directives[] = {"DirectoryNotEmpty", "PathChanged", "PathExists", "PathExistsGlob",
                                                "PathModified"};

template <std::size_t N>
bool holds(const std::string_view (&names)[N], std::string_view key) {
    return std::binary_search(std::begin(names), std::end(names), key);
}

Directive unit_directive(std::string_view key) {
    if (holds(additive_directives, key)) return {Repetition::additive, {}};
    if (key.starts_with("Condition")) return {Repetition::list, "Condition"};
    if (key.starts_with("Assert")) return {Repetition::list, "Assert"};
    if (key == "Documentation") return {Repetition::list, {}};
    return {};
}

Directive install_directive(std::string_view key) {
    const bool list = key == "Alias" || key == "Also" || key == "WantedBy" || key == "RequiredBy" || key == "UpheldBy";
    return {list ? Repetition::list : Repetition::last, {}};
}

}  // namespace

Directive find_directive(std::string_view section, std::string_view key) {
    if (section == "Unit") return unit_directive(key);
    if (section == "Install") return install_directive(key);
    if (section == "Timer" && holds(timer_directives, key)) return {Repetition::list, "On"};
    if (section == "Path" && holds(path_directives, key)) return {Repetition::list, "*"};
    if (section == "Socket" && key.starts_with("Listen")) return {Repetition::list, "Listen"};
    if (section == "Service" && key == "Sockets") return {Repetition::additive, {}};
    return {holds(list_directives, key) ? Repetition::list : Repetition::last, {}};
}

bool same_list(const Directive& directive, std::string_view key, std::string_view other_key) {
    if (directive.group.empty()) return key == other_key;
    if (directive.group == "*") return holds(path_directives, other_key);
    if (directive.group == "On") return holds(timer_directives, other_key);
    return other_key.starts_with(directive.group);
}

}  // namespace sandgraft::units
