// SPDX-License-Identifier: LGPL-2.1-or-later
// Every setting that systemd 252 knows, as `systemd --dump-configuration-items` lists them, each in one place; a test
// compares the names with the installed systemd's.
#include "units/settings/setting_table.hpp"

#include "units/text/values.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace sandgraft::units {

namespace {

using S = UnitSettings;
using C = CommandKind;
using K = DependencyKind;
using Texts = UnitSettings::Texts;

namespace in {
constexpr Places unit = 1, install = 2;

constexpr Places of(UnitType type) { return static_cast<Places>(4U << static_cast<unsigned>(type)); }

constexpr Places service = of(UnitType::service), socket = of(UnitType::socket), mount = of(UnitType::mount),
                 automount = of(UnitType::automount), swap = of(UnitType::swap), timer = of(UnitType::timer),
                 path = of(UnitType::path), slice = of(UnitType::slice), scope = of(UnitType::scope);
constexpr Places processes = service | socket | mount | swap;  ///< what runs processes
constexpr Places kills = processes | scope;                    ///< what ends processes
constexpr Places groups = kills | slice;                       ///< what has a control group
}  // namespace in

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

template <CommandKind Kind>
void command(UnitSettings& settings, const Assignment& assignment) {
    std::size_t& count = settings.count(Kind);
    count = assignment.value.empty() ? 0 : count + 1;
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

// An empty value of any one path setting resets them all.
void watch(UnitSettings& settings, const Assignment& assignment) { append(settings.paths, assignment.value); }

template <CommandKind Kind>
constexpr Setting commands(std::string_view key, Places places) {
    return {key, places, command<Kind>, nullptr, Kind};
}

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

constexpr Setting settings[] = {
    {"Requires", in::unit, depend<K::requires_>},
    {"RequiresOverridable", in::unit, depend<K::requires_>},
    {"Requisite", in::unit, depend<K::requisite>},
    {"RequisiteOverridable", in::unit, depend<K::requisite>},
    {"Wants", in::unit, depend<K::wants>},
    {"BindsTo", in::unit, depend<K::binds_to>},
    {"BindTo", in::unit, depend<K::binds_to>},
    {"Upholds", in::unit, depend<K::upholds>},
    {"PartOf", in::unit, depend<K::part_of>},
    {"Conflicts", in::unit, depend<K::conflicts>},
    {"Before", in::unit, depend<K::before>},
    {"After", in::unit, depend<K::before, true>},
    {"OnSuccess", in::unit, depend<K::on_success>},
    {"OnFailure", in::unit, depend<K::on_failure>},
    {"PropagatesReloadTo", in::unit, depend<K::propagates_reload_to>},
    {"PropagateReloadTo", in::unit, depend<K::propagates_reload_to>},
    {"ReloadPropagatedFrom", in::unit, depend<K::propagates_reload_to, true>},
    {"PropagateReloadFrom", in::unit, depend<K::propagates_reload_to, true>},
    {"PropagatesStopTo", in::unit, depend<K::propagates_stop_to>},
    {"StopPropagatedFrom", in::unit, depend<K::propagates_stop_to, true>},
    {"JoinsNamespaceOf", in::unit, depend<K::joins_namespace_of>},
    {"RequiresMountsFor", in::unit, each<&S::requires_mounts_for>},
    {"DefaultDependencies", in::unit, flag<&S::default_dependencies>},
    {"AllowIsolate", in::unit, flag<&S::allow_isolate>},
    {"IgnoreOnIsolate", in::unit, flag<&S::ignore_on_isolate>},
    {"SuccessAction", in::unit, text<&S::success_action>, checks::one_of<actions>},
    {"OnSuccessJobMode", in::unit, text<&S::on_success_job_mode>, checks::one_of<job_modes>},
    {"OnFailureJobMode", in::unit, text<&S::on_failure_job_mode>, checks::one_of<job_modes>},
    {"OnFailureIsolate", in::unit, isolate_on_failure},
    {"Slice", in::groups, each<&S::slices>},
    {"ManagedOOMSwap", in::groups, text<&S::managed_oom_swap>, checks::empty_or_one_of<oom_modes>},
    {"ManagedOOMMemoryPressure", in::groups, text<&S::managed_oom_memory_pressure>, checks::empty_or_one_of<oom_modes>},
    {"DevicePolicy", in::groups, text<&S::device_policy>, checks::one_of<device_policies>},
    {"DeviceAllow", in::groups, mentioned<&S::device_allow>, checks::device},
    {"StandardInput", in::processes, text<&S::standard_input>, checks::input},
    {"StandardOutput", in::processes, text<&S::standard_output>, checks::output},
    {"StandardError", in::processes, text<&S::standard_error>, checks::output},
    {"LogNamespace", in::processes, text<&S::log_namespace>, checks::log_namespace},
    {"WorkingDirectory", in::processes, text<&S::working_directory>, checks::working_directory},
    {"RootDirectory", in::processes, text<&S::root_directory>, checks::vital_path},
    {"RootImage", in::processes, text<&S::root_image>, checks::vital_path},
    {"MountImages", in::processes, mentioned<&S::mount_images>, checks::mount_images},
    {"RootVerity", in::processes, nullptr, checks::vital_path},
    {"User", in::processes, nullptr, checks::user},
    {"Group", in::processes, nullptr, checks::user},
    {"SupplementaryGroups", in::processes, nullptr, checks::users},
    {"SocketUser", in::socket, nullptr, checks::user},
    {"SocketGroup", in::socket, nullptr, checks::user},
    {"SELinuxContext", in::processes, nullptr, checks::label},
    {"AppArmorProfile", in::processes, nullptr, checks::label},
    {"SmackProcessLabel", in::processes, nullptr, checks::label},
    {"PIDFile", in::service, nullptr, checks::pid_file},
    {"PAMName", in::processes, text<&S::pam_name>, checks::text},
    {"KillMode", in::kills, text<&S::kill_mode>, checks::one_of<kill_modes>},
    {"PrivateTmp", in::processes, flag<&S::private_tmp>},
    {"DynamicUser", in::processes, flag<&S::dynamic_user>, checks::vital_flag},
    {"RuntimeDirectory", in::processes, directory<OwnDirectory::runtime>},
    {"StateDirectory", in::processes, directory<OwnDirectory::state>},
    {"CacheDirectory", in::processes, directory<OwnDirectory::cache>},
    {"LogsDirectory", in::processes, directory<OwnDirectory::logs>},
    {"ConfigurationDirectory", in::processes, directory<OwnDirectory::configuration>},
    commands<C::condition>("ExecCondition", in::service),
    commands<C::reload>("ExecReload", in::service),
    commands<C::start>("ExecStart", in::service),
    commands<C::stop>("ExecStop", in::service),
    commands<C::start_pre>("ExecStartPre", in::service | in::socket),
    commands<C::start_post>("ExecStartPost", in::service | in::socket),
    commands<C::stop_pre>("ExecStopPre", in::socket),
    commands<C::stop_post>("ExecStopPost", in::service | in::socket),
    {"Type", in::service | in::mount, text<&S::type>, type_of_service_or_mount},
    {"BusName", in::service, text<&S::bus_name>, checks::bus_name},
    {"Restart", in::service, text<&S::restart>, checks::one_of<restarts>},
    {"RestartForceExitStatus", in::service, text<&S::restart_force_exit_status>, checks::exit_statuses},
    {"RemainAfterExit", in::service, flag<&S::remain_after_exit>},
    {"Sockets", in::service, each<&S::sockets>},
    {"ListenStream", in::socket, listen},
    {"ListenDatagram", in::socket, listen},
    {"ListenSequentialPacket", in::socket, listen},
    {"ListenFIFO", in::socket, listen},
    {"ListenSpecial", in::socket, listen},
    {"ListenNetlink", in::socket, listen},
    {"ListenMessageQueue", in::socket, listen},
    {"ListenUSBFunction", in::socket, listen},
    {"Accept", in::socket, flag<&S::accept>},
    {"Service", in::socket, text<&S::service>, checks::service},
    {"BindToDevice", in::socket, text<&S::bind_to_device>, checks::interface},
    {"Symlinks", in::socket, list<&S::symlinks>, checks::links},
    {"OnCalendar", in::timer, calendar, checks::calendar},
    {"OnActiveSec", in::timer, monotonic, checks::time_span},
    {"OnBootSec", in::timer, monotonic, checks::time_span},
    {"OnStartupSec", in::timer, monotonic, checks::time_span},
    {"OnUnitActiveSec", in::timer, monotonic, checks::time_span},
    {"OnUnitInactiveSec", in::timer, monotonic, checks::time_span},
    {"OnClockChange", in::timer, flag<&S::on_clock_change>},
    {"OnTimezoneChange", in::timer, flag<&S::on_timezone_change>},
    {"Persistent", in::timer, flag<&S::persistent>},
    {"Unit", in::timer | in::path, each<&S::triggered_units>},
    {"PathExists", in::path, watch},
    {"PathExistsGlob", in::path, watch},
    {"PathChanged", in::path, watch},
    {"PathModified", in::path, watch},
    {"DirectoryNotEmpty", in::path, watch},
    {"What", in::mount | in::swap, text<&S::what>, checks::swap_path},
    {"Where", in::mount | in::automount, text<&S::where>, checks::path},
    {"Options", in::mount | in::swap, text<&S::options>, checks::text},
    {"ExtraOptions", in::automount, text<&S::options>},
};

/// Settings on which nothing here depends.
struct Others {
    Places places;
    std::string_view keys;
};

constexpr Others others[] = {
    {in::unit,
     "AssertACPower AssertArchitecture AssertCPUFeature AssertCPUPressure AssertCPUs AssertCapability "
     "AssertControlGroupController AssertCredential AssertDirectoryNotEmpty AssertEnvironment "
     "AssertFileIsExecutable AssertFileNotEmpty AssertFirstBoot AssertGroup AssertHost AssertIOPressure "
     "AssertKernelCommandLine AssertKernelVersion AssertMemory AssertMemoryPressure AssertNeedsUpdate "
     "AssertOSRelease AssertPathExists AssertPathExistsGlob AssertPathIsDirectory AssertPathIsEncrypted "
     "AssertPathIsMountPoint AssertPathIsReadWrite AssertPathIsSymbolicLink AssertSecurity AssertUser "
     "AssertVirtualization CollectMode ConditionACPower ConditionArchitecture ConditionCPUFeature "
     "ConditionCPUPressure ConditionCPUs ConditionCapability ConditionControlGroupController ConditionCredential "
     "ConditionDirectoryNotEmpty ConditionEnvironment ConditionFileIsExecutable ConditionFileNotEmpty "
     "ConditionFirmware ConditionFirstBoot ConditionGroup ConditionHost ConditionIOPressure "
     "ConditionKernelCommandLine ConditionKernelVersion ConditionMemory ConditionMemoryPressure "
     "ConditionNeedsUpdate ConditionOSRelease ConditionPathExists ConditionPathExistsGlob ConditionPathIsDirectory "
     "ConditionPathIsEncrypted ConditionPathIsMountPoint ConditionPathIsReadWrite ConditionPathIsSymbolicLink "
     "ConditionSecurity ConditionUser ConditionVirtualization Description Documentation FailureActionExitStatus "
     "JobRunningTimeoutSec JobTimeoutAction JobTimeoutRebootArgument JobTimeoutSec RefuseManualStart "
     "RefuseManualStop SourcePath StartLimitIntervalSec StopWhenUnneeded SuccessActionExitStatus"},
    {in::unit | in::service, "FailureAction RebootArgument StartLimitAction StartLimitBurst StartLimitInterval"},
    {in::install, "Alias Also DefaultInstance RequiredBy WantedBy"},
    {in::processes,
     "AmbientCapabilities BindPaths BindReadOnlyPaths CPUAffinity CPUSchedulingPolicy CPUSchedulingPriority "
     "CPUSchedulingResetOnFork CacheDirectoryMode CapabilityBoundingSet ConfigurationDirectoryMode CoredumpFilter "
     "Environment EnvironmentFile ExecPaths ExecSearchPath ExtensionDirectories ExtensionImages IOSchedulingClass "
     "IOSchedulingPriority IPCNamespacePath IgnoreSIGPIPE InaccessibleDirectories InaccessiblePaths KeyringMode "
     "LimitAS LimitCORE LimitCPU LimitDATA LimitFSIZE LimitLOCKS LimitMEMLOCK LimitMSGQUEUE LimitNICE LimitNOFILE "
     "LimitNPROC LimitRSS LimitRTPRIO LimitRTTIME LimitSIGPENDING LimitSTACK LoadCredential "
     "LoadCredentialEncrypted LockPersonality LogExtraFields LogLevelMax LogRateLimitBurst LogRateLimitIntervalSec "
     "LogsDirectoryMode MemoryDenyWriteExecute MountAPIVFS MountFlags NUMAMask NUMAPolicy NetworkNamespacePath "
     "Nice NoExecPaths NoNewPrivileges OOMScoreAdjust PassEnvironment Personality PrivateDevices PrivateIPC "
     "PrivateMounts PrivateNetwork PrivateUsers ProcSubset ProtectClock ProtectControlGroups ProtectHome "
     "ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectProc ProtectSystem "
     "ReadOnlyDirectories ReadOnlyPaths ReadWriteDirectories ReadWritePaths RemoveIPC RestrictAddressFamilies "
     "RestrictFileSystems RestrictNamespaces RestrictRealtime RestrictSUIDSGID RootHash RootHashSignature "
     "RootImageOptions RuntimeDirectoryMode RuntimeDirectoryPreserve SecureBits SetCredential "
     "SetCredentialEncrypted StandardInputData StandardInputText StateDirectoryMode SyslogFacility "
     "SyslogIdentifier SyslogLevel SyslogLevelPrefix SystemCallArchitectures SystemCallErrorNumber "
     "SystemCallFilter SystemCallLog TTYColumns TTYPath TTYReset TTYRows TTYVHangup TTYVTDisallocate "
     "TemporaryFileSystem TimeoutCleanSec TimeoutSec TimerSlackNSec UMask UnsetEnvironment UtmpIdentifier UtmpMode"},
    {in::groups,
     "AllowedCPUs AllowedMemoryNodes BPFProgram BlockIOAccounting BlockIODeviceWeight BlockIOReadBandwidth "
     "BlockIOWeight BlockIOWriteBandwidth CPUAccounting CPUQuota CPUQuotaPeriodSec CPUShares CPUWeight "
     "DefaultMemoryLow DefaultMemoryMin Delegate DisableControllers IOAccounting IODeviceLatencyTargetSec "
     "IODeviceWeight IOReadBandwidthMax IOReadIOPSMax IOWeight IOWriteBandwidthMax IOWriteIOPSMax IPAccounting "
     "IPAddressAllow IPAddressDeny IPEgressFilterPath IPIngressFilterPath ManagedOOMMemoryPressureLimit "
     "ManagedOOMPreference MemoryAccounting MemoryHigh MemoryLimit MemoryLow MemoryMax MemoryMin MemorySwapMax "
     "RestrictNetworkInterfaces SocketBindAllow SocketBindDeny StartupAllowedCPUs StartupAllowedMemoryNodes "
     "StartupBlockIOWeight StartupCPUShares StartupCPUWeight StartupIOWeight TasksAccounting TasksMax"},
    {in::kills, "FinalKillSignal KillSignal RestartKillSignal SendSIGHUP SendSIGKILL WatchdogSignal"},
    {in::service,
     "ExitType FileDescriptorStoreMax GuessMainPID NonBlocking NotifyAccess PermissionsStartOnly "
     "RestartPreventExitStatus RestartSec RootDirectoryStartOnly SuccessExitStatus TimeoutAbortSec "
     "TimeoutStartFailureMode TimeoutStartSec TimeoutStopFailureMode USBFunctionDescriptors USBFunctionStrings "
     "WatchdogSec"},
    {in::service | in::scope, "OOMPolicy RuntimeMaxSec RuntimeRandomizedExtraSec TimeoutStopSec"},
    {in::socket,
     "Backlog BindIPv6Only Broadcast DeferAcceptSec FileDescriptorName FlushPending FreeBind IPTOS IPTTL KeepAlive "
     "KeepAliveIntervalSec KeepAliveProbes KeepAliveTimeSec Mark MaxConnections MaxConnectionsPerSource "
     "MessageQueueMaxMessages MessageQueueMessageSize NoDelay PassCredentials PassPacketInfo PassSecurity PipeSize "
     "ReceiveBuffer RemoveOnStop ReusePort SELinuxContextFromNet SendBuffer SmackLabel SmackLabelIPIn "
     "SmackLabelIPOut SocketMode SocketProtocol TCPCongestion Timestamping Transparent Writable"},
    {in::socket | in::mount | in::automount | in::path, "DirectoryMode"},
    {in::socket | in::swap, "Priority"},
    {in::socket | in::path, "TriggerLimitBurst TriggerLimitIntervalSec"},
    {in::mount, "ForceUnmount LazyUnmount ReadWriteOnly SloppyOptions"},
    {in::automount, "TimeoutIdleSec"},
    {in::timer, "AccuracySec FixedRandomDelay RandomizedDelaySec RemainAfterElapse WakeSystem"},
    {in::path, "MakeDirectory"},
};

constexpr std::size_t count_words(std::string_view words) {
    return static_cast<std::size_t>(std::count(words.begin(), words.end(), ' ')) + 1;
}

constexpr std::size_t count_settings() {
    std::size_t count = std::size(settings);
    for (const Others& more : others) count += count_words(more.keys);
    return count;
}

/// All of them, and where to find each by its key: open addressing, with a power of two of slots. It is made by the
/// compiler, for a key is looked up in every line of every unit file.
struct Table {
    static constexpr unsigned bits = 11;
    static constexpr std::uint16_t nothing = 0xFFFF;

    std::array<Setting, count_settings()> all{};
    std::array<std::uint16_t, 1U << bits> slots{};

    constexpr Table() {
        slots.fill(nothing);
        std::uint16_t count = 0;
        for (const Setting& setting : settings) put(setting, count);
        for (const Others& more : others)
            for (std::string_view rest = more.keys; !rest.empty();) {
                const std::string_view key = rest.substr(0, rest.find(' '));
                rest.remove_prefix(std::min(key.size() + 1, rest.size()));
                put({key, more.places}, count);
            }
    }

    /// The slot that has the key, or the free one where it belongs.
    [[nodiscard]] constexpr std::size_t slot_of(std::string_view key) const {
        std::size_t slot = hash(key);
        while (slots[slot] != nothing && all[slots[slot]].key != key) slot = (slot + 1) % slots.size();
        return slot;
    }

private:
    constexpr void put(const Setting& setting, std::uint16_t& count) {
        const std::size_t slot = slot_of(setting.key);
        if (slots[slot] != nothing) throw "a setting stands in the table twice";
        all[count] = setting;
        slots[slot] = count++;
    }

    /// The table is fixed, so the length and a few of the bytes do.
    static constexpr std::size_t hash(std::string_view key) {
        const std::size_t size = key.size();
        if (size == 0) return 0;
        std::uint64_t sample = size;
        for (const std::size_t at : {std::size_t{0}, size / 4, size / 2, size * 3 / 4, size - 1})
            sample = sample << 8 | static_cast<unsigned char>(key[at]);
        return static_cast<std::size_t>((sample * 0x9e3779b97f4a7c15U) >> (64 - bits));
    }
};

constexpr Table table;

Places place_of(UnitType type, std::string_view section) {
    if (section == "Unit") return in::unit;
    if (section == "Install") return in::install;
    return !section.empty() && section == own_section(type) ? in::of(type) : Places{0};
}

}  // namespace

bool is_known_section(UnitType type, std::string_view section) { return place_of(type, section) != 0; }

const Setting* find_setting(UnitType type, std::string_view section, std::string_view key) {
    const std::uint16_t found = table.slots[table.slot_of(key)];
    if (found == Table::nothing) return nullptr;
    const Setting& setting = table.all[found];
    return (setting.places & place_of(type, section)) != 0 ? &setting : nullptr;
}

}  // namespace sandgraft::units
