// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace cli {

/// The unit of the host's systemd that starts a kept sandbox on boot: sandgraft-NAME.service in /etc/systemd/system,
/// wanted by multi-user.target.
class BootUnit {
public:
    /// @param sandbox  its name; what may not stand in a unit's is escaped.
    /// @param uri  the libvirt that has it; empty: the usual one.
    explicit BootUnit(const std::string& sandbox, const std::string& uri = {});

    [[nodiscard]] const std::string& name() const { return name_; }

    /// Whether there is one, and it was made here.
    [[nodiscard]] bool exists() const;

    /// @throws sandgraft::Error unsupported or invalid when there can be none for that libvirt or name.
    void check() const { (void)text(); }

    /// Writes and enables it.
    /// @throws sandgraft::Error as check(), exists when something of its name is there, denied or io when it cannot be
    ///         written.
    void make() const;

    /// Disables and deletes it, if it exists.
    void remove() const;

private:
    [[nodiscard]] std::string path() const;
    [[nodiscard]] std::string link() const;
    [[nodiscard]] std::string text() const;

    std::string sandbox_;
    std::string uri_;
    std::string name_;
};

}  // namespace cli
