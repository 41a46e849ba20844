// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft {

/// A dependency as one of its units sees it.
struct UnitDependency {
    std::string kind{};                  ///< systemd's name: "Requires", "WantedBy", "After", ...
    std::string unit{};                  ///< the other unit
    std::vector<std::string> origins{};  ///< why: "file", "implicit", "default", "path", "slice-property", "mount-file"

    bool operator==(const UnitDependency&) const = default;
};

/// What systemd queues for a unit.
struct UnitJob {
    enum class Type : std::uint8_t { start, verify_active, stop };

    std::string unit{};
    Type type = Type::start;

    bool operator==(const UnitJob&) const = default;
};

/// "start", "verify-active", "stop": systemd's words.
SANDGRAFT_EXPORT std::string to_string(UnitJob::Type type);

/// One step of a chain of dependencies: `from` has a dependency of that kind on `to`.
struct UnitLink {
    std::string from{}, kind{}, to{};
    std::vector<std::string> origins{};

    bool operator==(const UnitLink&) const = default;
};

/// What taking a unit away means.
struct UnitRemoval {
    std::string refusal{};               ///< why the goals can then not be started; empty when they can
    std::vector<std::string> dropped{};  ///< the units, itself included, that are then not started

    bool operator==(const UnitRemoval&) const = default;
};

/// Something that will not work, or not as written.
struct UnitFinding {
    enum class Kind {
        missing_unit,        ///< a dependency on a unit that is missing, masked or broken
        missing_executable,  ///< a command that the root does not have
        cycle,               ///< a job that is dropped to break an ordering cycle, or jobs that wait for each other
        conflict,            ///< a job that is dropped because it contradicts another job of its unit
        condition,           ///< a Condition…= or Assert…= that cannot hold in the sandbox
        setting,             ///< something that systemd ignores in a file
        refused,             ///< the goals cannot be started
    } kind = Kind::setting;
    enum class Severity {
        note,     ///< what systemd is meant to do: a unit is skipped, a failure ignored
        warning,  ///< something is not as written, and what was asked for starts all the same
        error,    ///< something does not work, or is not started
    } severity = Severity::warning;
    std::string unit{};
    std::string message{};

    bool operator==(const UnitFinding&) const = default;
};

/// "missing-unit", "missing-executable", "cycle", "conflict", "condition", "setting", "refused".
SANDGRAFT_EXPORT std::string to_string(UnitFinding::Kind kind);
/// "note", "warning", "error".
SANDGRAFT_EXPORT std::string to_string(UnitFinding::Severity severity);

/// What a drawing shows.
struct UnitGraphOptions {
    bool requirements = true;
    bool ordering = true;
    bool defaults =
        false;  ///< also what DefaultDependencies= adds, and slices: most of the edges, least of the meaning

    bool operator==(const UnitGraphOptions&) const = default;
};

/// What systemd would start for some goals on a fresh boot, and why. A value: it does not change when the UnitSet that
/// it comes from does.
class SANDGRAFT_EXPORT UnitClosure {
public:
    struct SANDGRAFT_HIDDEN Data;
    explicit UnitClosure(std::shared_ptr<const Data> data) noexcept;

    [[nodiscard]] const std::vector<std::string>& goals() const noexcept;

    /// In an order that respects every ordering dependency but those within cycles().
    [[nodiscard]] const std::vector<UnitJob>& jobs() const noexcept;

    /// The units of the start jobs, in that order.
    [[nodiscard]] std::vector<std::string> units() const;

    /// Jobs that systemd drops, and why.
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept;

    /// Units whose jobs wait for each other, so that neither they nor what comes after them are ever started. systemd
    /// breaks cycles before it drops contradicting jobs, which can close another one, and leaves that as it is.
    [[nodiscard]] std::vector<std::vector<std::string>> cycles() const;

    /// All dependencies of a unit, stated by itself or by the other one.
    /// @throws Error not_found when nothing refers to such a unit.
    [[nodiscard]] std::vector<UnitDependency> dependencies(std::string_view unit) const;

    /// The shortest chain of dependencies from a goal to a unit that is in; empty for a goal itself. For a unit that
    /// is to be stopped the last link is the conflict.
    /// @throws Error not_found when the unit has no job.
    [[nodiscard]] std::vector<UnitLink> why(std::string_view unit) const;

    /// The other units that this one pulls in, directly or not, in start order.
    /// @throws Error not_found when the unit has no job.
    [[nodiscard]] std::vector<std::string> brings_in(std::string_view unit) const;

    /// What starting the goals would be like if the unit did not exist.
    /// @throws Error not_found when the unit has no job.
    [[nodiscard]] UnitRemoval without(std::string_view unit) const;

    /// A Graphviz document of the units that are started: clusters by type, colours by origin.
    [[nodiscard]] std::string to_dot(const UnitGraphOptions& options = {}) const;

private:
    std::shared_ptr<const Data> data_;
};

}  // namespace sandgraft
