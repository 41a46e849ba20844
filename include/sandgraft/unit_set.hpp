// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>
#include <sandgraft/unit_closure.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft {

/// Where units come from.
struct UnitSource {
    std::string root = "/";  ///< links are resolved beneath it; nothing outside is opened
    std::vector<std::string> unit_path =
        {};                 ///< directories of the root, highest precedence first; empty: systemd's own
    bool container = true;  ///< the units are for a container; false: for a machine

    bool operator==(const UnitSource&) const = default;
};

/// UnitSource::unit_path of a list separated by colons, as in SYSTEMD_UNIT_PATH: an empty last element stands for
/// systemd's own directories, and so does an empty list.
SANDGRAFT_EXPORT std::vector<std::string> parse_unit_path(std::string_view value);

/// What became of loading a unit, in systemd's words.
enum class UnitState : std::uint8_t { loaded, not_found, bad_setting, error, masked };

/// "loaded", "not-found", "bad-setting", "error", "masked".
SANDGRAFT_EXPORT std::string to_string(UnitState state);

/// What systemd warns about and ignores.
struct UnitWarning {
    std::string file{};
    unsigned line = 0;  ///< 0: the file as a whole
    std::string reason{};

    bool operator==(const UnitWarning&) const = default;
};

/// A unit as it is loaded. Paths are those in the root; what was added in memory has paths that start with "overlay:".
struct UnitInfo {
    std::string name{};
    std::vector<std::string> aliases{};
    UnitState state = UnitState::not_found;
    std::string state_reason{};  ///< why it is bad_setting or error
    std::string fragment{};
    std::vector<std::string> drop_ins{};  ///< in the order in which they apply
    std::vector<UnitWarning> warnings{};

    bool operator==(const UnitInfo&) const = default;
};

/// A service made from a command line. Everything is taken literally: no specifier and no variable is expanded.
struct ServiceSpec {
    std::string name = {};                      ///< "NAME.service"
    std::vector<std::string> command = {};      ///< the first is an absolute path, or a name to be looked up
    std::string description = {};               ///< empty: the name of the program
    std::vector<std::string> environment = {};  ///< "NAME=value"
    std::string user = {};                      ///< empty: root
    std::string working_directory = {};         ///< empty: /
    std::string type = "simple";                ///< as in systemd.service(5)
    bool default_dependencies = true;

    bool operator==(const ServiceSpec&) const = default;
};

/// The unit file of such a service.
/// @throws Error invalid when something cannot be expressed in one.
SANDGRAFT_EXPORT std::string to_unit_file(const ServiceSpec& service);

/// How much of a set the guest's systemd gets to see.
enum class UnitProfile {
    full,     ///< everything the root has; default.target is replaced, and what cannot work in a sandbox is masked
    minimal,  ///< the closure of what was asked for, and a fixed list of units for booting and shutting down
    bare,     ///< what was asked for, with DefaultDependencies=no
};

/// Units as files and links, to be written to a directory.
struct UnitTree {
    struct Entry {
        std::string path{};  ///< relative: "a.service", "a.service.d/b.conf", "b.target.wants/a.service"
        bool link = false;
        std::string content{};  ///< the text, or where the link leads

        bool operator==(const Entry&) const = default;
    };
    std::vector<Entry> entries{};  ///< sorted by path, each path once
    bool alone = true;             ///< false: it precedes systemd's own directories; true: it stands instead of them

    /// SYSTEMD_UNIT_PATH for the tree in that directory.
    [[nodiscard]] SANDGRAFT_EXPORT std::string unit_path(std::string_view directory) const;

    /// Writes the tree as a new directory, all or nothing: it appears when it is complete.
    /// @throws Error exists when something is there already; not_found, denied or io when writing fails.
    SANDGRAFT_EXPORT void write(const std::string& directory) const;

    bool operator==(const UnitTree&) const = default;
};

/// One difference between two trees.
struct UnitChange {
    enum class Kind { added, removed, changed } kind = Kind::changed;
    std::string path{};
    std::string before{}, after{};  ///< the contents, a link as "-> target"

    bool operator==(const UnitChange&) const = default;
};

/// What turns one tree into the other, sorted by path.
SANDGRAFT_EXPORT std::vector<UnitChange> diff(const UnitTree& before, const UnitTree& after);

/// systemd units as data: loaded from a tree, changed in memory, closed over dependencies, written out again. It reads
/// files beneath its root and talks to no running systemd. Files are read when they are first needed; what changes on
/// disk afterwards is not noticed.
///
/// Units are named as in systemd ("nginx.service"); any name of a unit will do. Every function throws Error invalid for
/// what is no unit name. As reading is lazy, one set is used by one thread at a time, also through const functions.
class SANDGRAFT_EXPORT UnitSet {
public:
    /// @throws Error when the root cannot be opened, or a directory of the path is not absolute.
    explicit UnitSet(UnitSource source = {});
    UnitSet(const UnitSet& other);  ///< with the same source and changes; what was read is read again
    UnitSet& operator=(const UnitSet& other);
    UnitSet(UnitSet&&) noexcept;
    UnitSet& operator=(UnitSet&&) noexcept;
    ~UnitSet();

    [[nodiscard]] const UnitSource& source() const noexcept;

    /// Every unit and template that has a file, sorted by name; aliases are not listed on their own.
    [[nodiscard]] std::vector<UnitInfo> list() const;

    [[nodiscard]] UnitInfo info(std::string_view name) const;

    /// What is wrong with the unit path as a whole: directories that cannot be read, links that are no aliases.
    [[nodiscard]] std::vector<UnitWarning> warnings() const;

    /// The fragment and the drop-ins one after the other, each behind a comment with its path, as `systemctl cat`.
    /// @throws Error not_found when there is no such unit.
    [[nodiscard]] std::string cat(std::string_view name) const;

    /// Adds a unit.
    /// @throws Error exists when there is one of that name that is not masked.
    void add(std::string_view name, std::string text);
    void add(const ServiceSpec& service) { add(service.name, to_unit_file(service)); }

    /// Adds a unit, or puts another file in the place of the one there is.
    void replace(std::string_view name, std::string text);

    /// Adds or replaces UNIT.d/FILE; FILE ends in ".conf".
    void add_drop_in(std::string_view unit, std::string_view file, std::string text);

    /// Makes the unit wanted or required by another, as a link in a directory does.
    void want(std::string_view wanting, std::string_view wanted);
    void require(std::string_view requiring, std::string_view required);

    /// Nothing can start the unit any more.
    void mask(std::string_view name);

    /// The unit has no file any more.
    void remove(std::string_view name);

    /// What systemd would start for these units on a fresh boot: a single target with AllowIsolate=yes as the boot does
    /// with its default target, anything else as `systemctl start`.
    /// @throws Error refused when systemd would refuse, with its reason.
    [[nodiscard]] UnitClosure closure(const std::vector<std::string>& goals) const;

    /// What will not work when these units are started in the sandbox.
    [[nodiscard]] std::vector<UnitFinding> verify(const std::vector<std::string>& goals) const;

    /// What the guest's systemd is to see for booting into these units: their files, and a default.target that requires
    /// them.
    /// @throws Error not_found when a unit is missing, refused when systemd would not start them, with its reason.
    [[nodiscard]] UnitTree tree(UnitProfile profile, const std::vector<std::string>& goals) const;

    /// tree(...).write(directory)
    void write_tree(const std::string& directory, UnitProfile profile, const std::vector<std::string>& goals) const;

private:
    struct SANDGRAFT_HIDDEN State;
    std::unique_ptr<State> state_;
};

}  // namespace sandgraft
