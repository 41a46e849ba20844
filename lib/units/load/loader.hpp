// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/load/overlay.hpp"
#include "units/load/root.hpp"
#include "units/load/specifiers.hpp"
#include "units/load/unit.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::units {

/// What a tree may cost; a hostile one would cost any amount. Templates that instantiate each other, for instance, make
/// units without end.
struct LoaderLimits {
    std::size_t units = 250'000;
    std::size_t assignments = 5'000'000;
    std::size_t bytes = 512 * 1024 * 1024;
};

struct LoaderOptions {
    std::string root = "/";
    std::vector<std::string> unit_path;         ///< absolute directories beneath the root, highest precedence first;
                                                ///< empty: system_unit_path()
    bool on_disk = true;                        ///< false: there is nothing but the overlay
    std::optional<SpecifierValues> specifiers;  ///< nullopt: SpecifierValues::from_root
    unsigned systemd_version = 252;             ///< whose rules apply where they changed
    LoaderLimits limits = {};
};

/// The system manager's directories (systemd.unit(7)), generators' output included.
std::vector<std::string> system_unit_path();

/// @throws Error invalid when the name is not that of a unit that can be started: no name at all, or a template's.
void require_startable(std::string_view name);

/// Loads units from a search path beneath a root directory, and from an overlay in memory that precedes it. The path is
/// scanned once; what changes on disk afterwards is not noticed.
class Loader {
public:
    explicit Loader(LoaderOptions options);
    Loader(Loader&&) noexcept;
    Loader& operator=(Loader&&) noexcept;
    ~Loader();

    /// The unit of that name; all names of one unit give the same object. A unit that does not exist or cannot be read
    /// has a state that says so.
    /// A template is read as such, but for its own name nothing is filled in.
    /// @throws Error invalid when the name is not valid, or a limit is exceeded.
    const Unit& load(std::string_view name);

    /// Every unit name that has a file or link in the search path (templates and aliases too), sorted.
    [[nodiscard]] std::vector<std::string_view> names() const;

    /// @return true when the name itself, or its template, has a file or link.
    [[nodiscard]] bool exists(std::string_view name) const;

    /// Everything that has to be read for them is read now.
    [[nodiscard]] const SpecifierValues& specifiers() const;
    /// Those that need nothing of the root, such as the manager's directories; the others may still be empty.
    [[nodiscard]] const SpecifierValues& fixed_specifiers() const;
    [[nodiscard]] const Root& root() const noexcept;
    [[nodiscard]] const std::vector<std::string>& unit_path() const noexcept;

    /// What is wrong with the search path as a whole: directories that cannot be read, links that are no aliases.
    [[nodiscard]] std::vector<UnitWarning> warnings() const;

    /// Expands the specifiers of a unit name / of any other text; nullopt when one cannot be resolved.
    [[nodiscard]] std::optional<std::string> expand_name(const Unit& unit, std::string_view text) const;
    [[nodiscard]] std::optional<std::string> expand(const Unit& unit, std::string_view text) const;

    /// The text of a fragment or drop-in as it was found, by the path that a Unit or Assignment names; empty for one
    /// that is masked.
    /// @throws Error when it cannot be read (any more).
    [[nodiscard]] std::string text(std::string_view path) const;

    [[nodiscard]] const Overlay& overlay() const noexcept;
    void set_overlay(Overlay overlay);

    // Changes, as files and links in the overlay. They invalidate every Unit loaded before.

    void put_unit(std::string_view name, std::string text);
    void put_drop_in(std::string_view unit, std::string_view file_name, std::string text);
    void put_link(std::string_view unit, LinkKind kind, std::string_view target);
    /// Masks the unit, as a link to /dev/null does.
    void mask(std::string_view name);
    /// The name has no file or link any more, in any directory.
    void remove(std::string_view name);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sandgraft::units
