// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/settings/conditions.hpp"

#include "units/load/root.hpp"
#include "units/text/unit_name.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <optional>

namespace sandgraft::units {

namespace {

constexpr std::string_view condition_prefix = "Condition";
constexpr std::string_view assert_prefix = "Assert";

/// One condition, taken apart: "|!value".
struct Condition {
    std::string_view name;  ///< without "Condition" or "Assert"
    std::string value;
    bool trigger = false;  ///< |: of all those, one has to hold
    bool negated = false;
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), text) != names.end();
}

std::optional<bool> virtualization(std::string_view value, bool container) {
    if (is_one_of(value, {"yes", "true", "1", "on"})) return true;
    if (is_one_of(value, {"no", "false", "0", "off"})) return false;
    if (value == "container") return container;
    if (value == "vm") return !container;
    if (is_one_of(value, {"kvm", "qemu"})) return container ? std::optional(false) : std::nullopt;
    if (value == "private-users") return std::nullopt;
    return container && value == "lxc-libvirt";
}

/// Capabilities that no sandbox container gets.
std::optional<bool> capability(std::string_view value, bool container) {
    constexpr std::array<std::string_view, 8> withheld{"CAP_SYS_MODULE",    "CAP_SYS_RAWIO",    "CAP_SYS_TIME",
                                                       "CAP_SYS_BOOT",      "CAP_MAC_ADMIN",    "CAP_MAC_OVERRIDE",
                                                       "CAP_AUDIT_CONTROL", "CAP_BLOCK_SUSPEND"};
    if (container && std::find(withheld.begin(), withheld.end(), value) != withheld.end()) return false;
    return std::nullopt;
}

/// Directories whose content the running guest decides.
bool is_runtime_path(std::string_view path) {
    for (const std::string_view directory : {"/run", "/proc", "/sys", "/dev", "/tmp", "/var"})
        if (path == directory || (path.starts_with(directory) && path[directory.size()] == '/')) return true;
    return false;
}

std::optional<bool> path_check(const Root& root, std::string_view name, const std::string& path) {
    if (!is_normalized_path(path) || is_runtime_path(path)) return std::nullopt;
    const auto info = root.status(path);
    if (name == "PathExists") return info.has_value();
    if (name == "PathIsDirectory") return info && S_ISDIR(info->st_mode);
    if (name == "FileNotEmpty") return info && S_ISREG(info->st_mode) && info->st_size > 0;
    if (name == "FileIsExecutable") return info && S_ISREG(info->st_mode) && (info->st_mode & 0111) != 0;
    return std::nullopt;
}

/// /sys and /proc/sys are read-only in a container.
std::optional<bool> writable(std::string_view path, bool container) {
    const bool kernel = path == "/sys" || path.starts_with("/sys/") || path.starts_with("/proc/sys");
    return container && kernel ? std::optional(false) : std::nullopt;
}

/// Whether the condition holds in the sandbox; nullopt when that cannot be known before it runs.
std::optional<bool> evaluate(const Loader& loader, const Condition& condition, bool container) {
    if (condition.name == "Virtualization") return virtualization(condition.value, container);
    if (condition.name == "Capability") return capability(condition.value, container);
    if (condition.name == "PathIsReadWrite") return writable(condition.value, container);
    return path_check(loader.root(), condition.name, condition.value);
}

Condition parse(const Loader& loader, const Unit& unit, const Assignment& assignment, std::string_view prefix) {
    Condition condition{assignment.key.substr(prefix.size()), {}};
    std::string_view value = assignment.value;
    const auto take = [&value](char c) {
        const bool there = value.starts_with(c);
        if (there) value.remove_prefix(1);
        return there;
    };
    condition.trigger = take('|');
    condition.negated = take('!');
    condition.value = loader.expand(unit, value).value_or(std::string(value));
    return condition;
}

std::string describe(const Assignment& assignment, bool container) {
    return std::string(assignment.key) + "=" + std::string(assignment.value) + " cannot hold in a " +
           (container ? "container" : "machine");
}

/// The settings of one prefix that count: an empty one takes back all of them.
std::vector<const Assignment*> settings_of(const Unit& unit, std::string_view prefix) {
    std::vector<const Assignment*> found;
    for (const Assignment& assignment : unit.assignments) {
        if (assignment.section != "Unit" || !assignment.key.starts_with(prefix)) continue;
        if (assignment.value.empty())
            found.clear();
        else
            found.push_back(&assignment);
    }
    return found;
}

/// All conditions of one prefix: what fails, unless a trigger may still save it.
void check(const Loader& loader, const Unit& unit, std::string_view prefix, bool container,
           std::vector<ImpossibleCondition>& found) {
    const bool is_assert = prefix == assert_prefix;
    std::vector<ImpossibleCondition> failed_triggers;
    bool trigger_may_hold = false;
    for (const Assignment* const assignment : settings_of(unit, prefix)) {
        const Condition condition = parse(loader, unit, *assignment, prefix);
        const auto holds = evaluate(loader, condition, container);
        const bool fails = holds && *holds == condition.negated;
        if (condition.trigger && fails)
            failed_triggers.push_back({describe(*assignment, container), is_assert});
        else if (condition.trigger)
            trigger_may_hold = true;
        else if (fails)
            found.push_back({describe(*assignment, container), is_assert});
    }
    if (!trigger_may_hold) found.insert(found.end(), failed_triggers.begin(), failed_triggers.end());
}

}  // namespace

std::vector<ImpossibleCondition> impossible_conditions(const Loader& loader, const Unit& unit, bool container) {
    std::vector<ImpossibleCondition> found;
    check(loader, unit, condition_prefix, container, found);
    check(loader, unit, assert_prefix, container, found);
    return found;
}

}  // namespace sandgraft::units
