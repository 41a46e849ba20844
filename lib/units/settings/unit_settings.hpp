// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/unit.hpp"
#include "units/text/dependency.hpp"

#include <array>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// A dependency setting of [Unit], not yet cut into words.
struct StatedDependency {
    Relation relation;
    std::string_view value;
};

/// Listen…= of a socket.
struct Listen {
    std::string_view key, value;
};

/// The directories that systemd creates for a service: RuntimeDirectory=, StateDirectory=, ...
enum class OwnDirectory : std::uint8_t { runtime, state, cache, logs, configuration };

/// The settings that hold commands.
enum class CommandKind : std::uint8_t { condition, start_pre, start, start_post, reload, stop_pre, stop, stop_post };
inline constexpr std::size_t command_kinds = 8;

/// The settings of one unit from which dependencies, or a refusal to load it, follow; the last assignment counts, and
/// an empty one resets. Values are as written: words not cut, specifiers not expanded.
struct UnitSettings {
    /// @param memory  of the lists; has to outlive the settings.
    explicit UnitSettings(std::pmr::memory_resource* memory)
        : dependencies(memory),
          requires_mounts_for(memory),
          slices(memory),
          directories{Texts(memory), Texts(memory), Texts(memory), Texts(memory), Texts(memory)},
          sockets(memory),
          listens(memory),
          symlinks(memory),
          paths(memory),
          triggered_units(memory) {}

    template <typename T>
    using List = std::pmr::vector<T>;
    using Texts = List<std::string_view>;

    /// Where systemd gave up reading the fragment: the state that the unit has then, and why.
    struct Fatal {
        UnitState state = UnitState::loaded;
        std::string_view reason;
    };
    Fatal fatal;

    // [Unit]
    List<StatedDependency> dependencies;  ///< in the order in which systemd meets them, links included
    Texts requires_mounts_for;
    bool default_dependencies = true;
    bool allow_isolate = false;
    bool ignore_on_isolate = false;
    std::string_view success_action, on_success_job_mode, on_failure_job_mode;

    // Resource control
    Texts slices;
    std::string_view managed_oom_swap, managed_oom_memory_pressure;
    std::string_view device_policy;
    bool device_allow = false;

    // Execution environment
    std::string_view standard_input, standard_output, standard_error;
    std::string_view log_namespace, working_directory, root_directory, root_image, pam_name, kill_mode;
    bool mount_images = false;
    bool private_tmp = false, dynamic_user = false;
    std::array<Texts, 5> directories;  ///< by OwnDirectory

    std::array<std::size_t, command_kinds> commands{};  ///< how many, by CommandKind
    [[nodiscard]] std::size_t& count(CommandKind kind) { return commands[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] std::size_t count(CommandKind kind) const { return commands[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] bool has_commands() const { return commands != std::array<std::size_t, command_kinds>{}; }

    // [Service], [Socket], [Timer], [Path], [Mount], [Automount], [Swap]
    std::string_view type, bus_name, restart, restart_force_exit_status;
    bool remain_after_exit = false;
    Texts sockets;
    List<Listen> listens;
    bool accept = false;
    std::string_view service, bind_to_device;
    Texts symlinks;
    bool calendar = false, monotonic = false, on_clock_change = false, on_timezone_change = false, persistent = false;
    Texts paths, triggered_units;
    std::string_view what, where, options;
};

}  // namespace sandgraft::units
