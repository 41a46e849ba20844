// SPDX-License-Identifier: LGPL-2.1-or-later
// The directives that systemd 252 knows, as `systemd --dump-configuration-items` lists them; the test of this table
// compares it with the installed systemd.
#include "units/settings/known_directives.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace sandgraft::units {

namespace {

constexpr std::string_view unit_names =
    "After AllowIsolate AssertACPower AssertArchitecture AssertCPUFeature AssertCPUPressure AssertCPUs "
    "AssertCapability AssertControlGroupController AssertCredential AssertDirectoryNotEmpty AssertEnvironment "
    "AssertFileIsExecutable AssertFileNotEmpty AssertFirstBoot AssertGroup AssertHost AssertIOPressure "
    "AssertKernelCommandLine AssertKernelVersion AssertMemory AssertMemoryPressure AssertNeedsUpdate "
    "AssertOSRelease AssertPathExists AssertPathExistsGlob AssertPathIsDirectory AssertPathIsEncrypted "
    "AssertPathIsMountPoint AssertPathIsReadWrite AssertPathIsSymbolicLink AssertSecurity AssertUser "
    "AssertVirtualization Before BindTo BindsTo CollectMode ConditionACPower ConditionArchitecture "
    "ConditionCPUFeature ConditionCPUPressure ConditionCPUs ConditionCapability ConditionControlGroupController "
    "ConditionCredential ConditionDirectoryNotEmpty ConditionEnvironment ConditionFileIsExecutable "
    "ConditionFileNotEmpty ConditionFirmware ConditionFirstBoot ConditionGroup ConditionHost "
    "ConditionIOPressure ConditionKernelCommandLine ConditionKernelVersion ConditionMemory "
    "ConditionMemoryPressure ConditionNeedsUpdate ConditionOSRelease ConditionPathExists "
    "ConditionPathExistsGlob ConditionPathIsDirectory ConditionPathIsEncrypted ConditionPathIsMountPoint "
    "ConditionPathIsReadWrite ConditionPathIsSymbolicLink ConditionSecurity ConditionUser "
    "ConditionVirtualization Conflicts DefaultDependencies Description Documentation FailureAction "
    "FailureActionExitStatus IgnoreOnIsolate JobRunningTimeoutSec JobTimeoutAction JobTimeoutRebootArgument "
    "JobTimeoutSec JoinsNamespaceOf OnFailure OnFailureIsolate OnFailureJobMode OnSuccess OnSuccessJobMode "
    "PartOf PropagateReloadFrom PropagateReloadTo PropagatesReloadTo PropagatesStopTo RebootArgument "
    "RefuseManualStart RefuseManualStop ReloadPropagatedFrom Requires RequiresMountsFor RequiresOverridable "
    "Requisite RequisiteOverridable SourcePath StartLimitAction StartLimitBurst StartLimitInterval "
    "StartLimitIntervalSec StopPropagatedFrom StopWhenUnneeded SuccessAction SuccessActionExitStatus Upholds "
    "Wants";

constexpr std::string_view install_names = "Alias Also DefaultInstance RequiredBy WantedBy";

constexpr std::string_view execution_names =
    "AmbientCapabilities AppArmorProfile BindPaths BindReadOnlyPaths CPUAffinity CPUSchedulingPolicy "
    "CPUSchedulingPriority CPUSchedulingResetOnFork CacheDirectory CacheDirectoryMode CapabilityBoundingSet "
    "ConfigurationDirectory ConfigurationDirectoryMode CoredumpFilter DynamicUser Environment EnvironmentFile "
    "ExecPaths ExecSearchPath ExtensionDirectories ExtensionImages Group IOSchedulingClass IOSchedulingPriority "
    "IPCNamespacePath IgnoreSIGPIPE InaccessibleDirectories InaccessiblePaths KeyringMode LimitAS LimitCORE "
    "LimitCPU LimitDATA LimitFSIZE LimitLOCKS LimitMEMLOCK LimitMSGQUEUE LimitNICE LimitNOFILE LimitNPROC "
    "LimitRSS LimitRTPRIO LimitRTTIME LimitSIGPENDING LimitSTACK LoadCredential LoadCredentialEncrypted "
    "LockPersonality LogExtraFields LogLevelMax LogNamespace LogRateLimitBurst LogRateLimitIntervalSec "
    "LogsDirectory LogsDirectoryMode MemoryDenyWriteExecute MountAPIVFS MountFlags MountImages NUMAMask "
    "NUMAPolicy NetworkNamespacePath Nice NoExecPaths NoNewPrivileges OOMScoreAdjust PAMName PassEnvironment "
    "Personality PrivateDevices PrivateIPC PrivateMounts PrivateNetwork PrivateTmp PrivateUsers ProcSubset "
    "ProtectClock ProtectControlGroups ProtectHome ProtectHostname ProtectKernelLogs ProtectKernelModules "
    "ProtectKernelTunables ProtectProc ProtectSystem ReadOnlyDirectories ReadOnlyPaths ReadWriteDirectories "
    "ReadWritePaths RemoveIPC RestrictAddressFamilies RestrictFileSystems RestrictNamespaces RestrictRealtime "
    "RestrictSUIDSGID RootDirectory RootHash RootHashSignature RootImage RootImageOptions RootVerity "
    "RuntimeDirectory RuntimeDirectoryMode RuntimeDirectoryPreserve SELinuxContext SecureBits SetCredential "
    "SetCredentialEncrypted SmackProcessLabel StandardError StandardInput StandardInputData StandardInputText "
    "StandardOutput StateDirectory StateDirectoryMode SupplementaryGroups SyslogFacility SyslogIdentifier "
    "SyslogLevel SyslogLevelPrefix SystemCallArchitectures SystemCallErrorNumber SystemCallFilter SystemCallLog "
    "TTYColumns TTYPath TTYReset TTYRows TTYVHangup TTYVTDisallocate TemporaryFileSystem TimeoutCleanSec "
    "TimeoutSec TimerSlackNSec UMask UnsetEnvironment User UtmpIdentifier UtmpMode WorkingDirectory";

constexpr std::string_view control_group_names =
    "AllowedCPUs AllowedMemoryNodes BPFProgram BlockIOAccounting BlockIODeviceWeight BlockIOReadBandwidth "
    "BlockIOWeight BlockIOWriteBandwidth CPUAccounting CPUQuota CPUQuotaPeriodSec CPUShares CPUWeight "
    "DefaultMemoryLow DefaultMemoryMin Delegate DeviceAllow DevicePolicy DisableControllers IOAccounting "
    "IODeviceLatencyTargetSec IODeviceWeight IOReadBandwidthMax IOReadIOPSMax IOWeight IOWriteBandwidthMax "
    "IOWriteIOPSMax IPAccounting IPAddressAllow IPAddressDeny IPEgressFilterPath IPIngressFilterPath "
    "ManagedOOMMemoryPressure ManagedOOMMemoryPressureLimit ManagedOOMPreference ManagedOOMSwap "
    "MemoryAccounting MemoryHigh MemoryLimit MemoryLow MemoryMax MemoryMin MemorySwapMax "
    "RestrictNetworkInterfaces Slice SocketBindAllow SocketBindDeny StartupAllowedCPUs "
    "StartupAllowedMemoryNodes StartupBlockIOWeight StartupCPUShares StartupCPUWeight StartupIOWeight "
    "TasksAccounting TasksMax";

constexpr std::string_view kill_names =
    "FinalKillSignal KillMode KillSignal RestartKillSignal SendSIGHUP SendSIGKILL WatchdogSignal";

constexpr std::string_view service_names =
    "BusName ExecCondition ExecReload ExecStart ExecStartPost ExecStartPre ExecStop ExecStopPost ExitType "
    "FailureAction FileDescriptorStoreMax GuessMainPID NonBlocking NotifyAccess OOMPolicy PIDFile "
    "PermissionsStartOnly RebootArgument RemainAfterExit Restart RestartForceExitStatus "
    "RestartPreventExitStatus RestartSec RootDirectoryStartOnly RuntimeMaxSec RuntimeRandomizedExtraSec Sockets "
    "StartLimitAction StartLimitBurst StartLimitInterval SuccessExitStatus TimeoutAbortSec "
    "TimeoutStartFailureMode TimeoutStartSec TimeoutStopFailureMode TimeoutStopSec Type USBFunctionDescriptors "
    "USBFunctionStrings WatchdogSec";

constexpr std::string_view socket_names =
    "Accept Backlog BindIPv6Only BindToDevice Broadcast DeferAcceptSec DirectoryMode ExecStartPost ExecStartPre "
    "ExecStopPost ExecStopPre FileDescriptorName FlushPending FreeBind IPTOS IPTTL KeepAlive "
    "KeepAliveIntervalSec KeepAliveProbes KeepAliveTimeSec ListenDatagram ListenFIFO ListenMessageQueue "
    "ListenNetlink ListenSequentialPacket ListenSpecial ListenStream ListenUSBFunction Mark MaxConnections "
    "MaxConnectionsPerSource MessageQueueMaxMessages MessageQueueMessageSize NoDelay PassCredentials "
    "PassPacketInfo PassSecurity PipeSize Priority ReceiveBuffer RemoveOnStop ReusePort SELinuxContextFromNet "
    "SendBuffer Service SmackLabel SmackLabelIPIn SmackLabelIPOut SocketGroup SocketMode SocketProtocol "
    "SocketUser Symlinks TCPCongestion Timestamping Transparent TriggerLimitBurst TriggerLimitIntervalSec "
    "Writable";

constexpr std::string_view mount_names =
    "DirectoryMode ForceUnmount LazyUnmount Options ReadWriteOnly SloppyOptions Type What Where";

constexpr std::string_view automount_names = "DirectoryMode ExtraOptions TimeoutIdleSec Where";

constexpr std::string_view swap_names = "Options Priority What";

constexpr std::string_view timer_names =
    "AccuracySec FixedRandomDelay OnActiveSec OnBootSec OnCalendar OnClockChange OnStartupSec OnTimezoneChange "
    "OnUnitActiveSec OnUnitInactiveSec Persistent RandomizedDelaySec RemainAfterElapse Unit WakeSystem";

constexpr std::string_view path_names =
    "DirectoryMode DirectoryNotEmpty MakeDirectory PathChanged PathExists PathExistsGlob PathModified "
    "TriggerLimitBurst TriggerLimitIntervalSec Unit";

constexpr std::string_view scope_names = "OOMPolicy RuntimeMaxSec RuntimeRandomizedExtraSec TimeoutStopSec";

constexpr std::size_t count_words(std::string_view names) {
    return static_cast<std::size_t>(std::count(names.begin(), names.end(), ' ')) + 1;
}

/// The names of a list, for binary search.
template <const std::string_view& names>
constexpr auto table = [] {
    std::array<std::string_view, count_words(names)> words;
    std::string_view rest = names;
    for (auto& word : words) {
        word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    }
    return words;
}();

template <const std::string_view& names>
bool holds(std::string_view key) {
    constexpr auto& words = table<names>;
    static_assert(std::is_sorted(words.begin(), words.end()));
    return std::binary_search(words.begin(), words.end(), key);
}

/// What services, sockets, mounts and swaps have in common: they run processes.
bool runs_processes(std::string_view key) {
    return holds<execution_names>(key) || holds<control_group_names>(key) || holds<kill_names>(key);
}

bool is_known_of(UnitType type, std::string_view key) {
    switch (type) {
        case UnitType::service: return holds<service_names>(key) || runs_processes(key);
        case UnitType::socket: return holds<socket_names>(key) || runs_processes(key);
        case UnitType::mount: return holds<mount_names>(key) || runs_processes(key);
        case UnitType::swap: return holds<swap_names>(key) || runs_processes(key);
        case UnitType::automount: return holds<automount_names>(key);
        case UnitType::timer: return holds<timer_names>(key);
        case UnitType::path: return holds<path_names>(key);
        case UnitType::slice: return holds<control_group_names>(key);
        case UnitType::scope:
            return holds<scope_names>(key) || holds<control_group_names>(key) || holds<kill_names>(key);
        case UnitType::target:
        case UnitType::device: return false;
    }
    return false;
}

bool is_extension(std::string_view name) { return name.starts_with("X-"); }

}  // namespace

bool is_known_section(UnitType type, std::string_view section) {
    return section == "Unit" || section == "Install" || (!section.empty() && section == own_section(type));
}

bool is_known_directive(UnitType type, std::string_view section, std::string_view key) {
    if (section == "Unit") return holds<unit_names>(key);
    if (section == "Install") return holds<install_names>(key);
    return section == own_section(type) && is_known_of(type, key);
}

std::vector<Warning> unknown_directives(const Unit& unit) {
    std::vector<Warning> warnings;
    std::string_view file, section;
    for (const auto& assignment : unit.assignments) {
        const bool same_place = assignment.file == file && assignment.section == section;
        file = assignment.file;
        section = assignment.section;
        if (!is_known_section(unit.type, section)) {
            if (!same_place && !is_extension(section))
                warnings.push_back(
                    {std::string(file), assignment.line, "unknown section " + base::quote(section) + ", ignored"});
        } else if (!is_known_directive(unit.type, section, assignment.key) && !is_extension(assignment.key)) {
            warnings.push_back(
                {std::string(file), assignment.line,
                 "unknown key " + base::quote(assignment.key) + " in section [" + std::string(section) + "], ignored"});
        }
    }
    return warnings;
}

}  // namespace sandgraft::units
