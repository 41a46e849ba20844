// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>
#include <sandgraft/instance.hpp>
#include <sandgraft/sandbox.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sandgraft {

/// How the library talks to a sandbox's init.
enum class Channel {
    automatic,  ///< socket where libvirt runs on this machine, console elsewhere
    socket,     ///< a Unix socket that leads to init directly; needs libvirt on this machine
    console,    ///< a device of the domain, through libvirt; slower, but it works over any connection
};

/// Which libvirt, and where Sandgraft is installed for it.
struct HostOptions {
    std::string uri{};      ///< a libvirt connection URI; empty: that of the best kind of sandbox, "lxc:///system"
    std::string init{};     ///< the path of sandgraft-init on libvirt's machine, the other programs beside it; empty:
                            ///< installed_init()
    std::string modules{};  ///< the directory of the module that connects to libvirt; empty: as installed

    /// Connects in a thread of the library's own, which ends with the attempt. Host::open() then returns at once,
    /// unless the URI is an alias, which libvirt resolves, and what needs the connection waits for it and throws what
    /// Host::open() would have thrown. So does the end of the last Host wait. Linking libvirt takes longer than most of
    /// what a start does before it needs it.
    bool in_background = false;

    bool operator==(const HostOptions&) const = default;
};

/// How a sandbox is started.
struct StartOptions {
    Streams streams{};  ///< what its command is connected to

    Channel channel = Channel::automatic;

    /// How long the sandbox's init may take to report once libvirt has started it; negative: for ever.
    std::chrono::milliseconds init_deadline{30000};

    /// Called with what is being waited for ("libvirt to start the sandbox"), each time that changes.
    std::function<void(std::string_view)> on_progress{};

    /// Called with one line for each thing that this host or connection cannot do as it should be done.
    std::function<void(std::string_view)> on_warning{};
};

/// A connection to libvirt.
///
/// It belongs to the process that opened it, and so do its instances. A child made by fork(2) may only destroy its
/// copies, which touches neither the connection, the sandboxes nor the terminal.
class SANDGRAFT_EXPORT Host {
public:
    /// @throws Error hypervisor or denied when it cannot be reached, unsupported when there are no sandboxes with its
    ///         driver, not_found when the library's module for libvirt, or libvirt, is not installed.
    static Host open(const HostOptions& options = {});

    /// What the host offers to a sandbox.
    [[nodiscard]] Capabilities capabilities() const;

    /// Starts a sandbox that ends with this process, and returns when its init runs.
    /// @throws Error invalid when the description or a path that it names makes no sense, exists when the name is
    ///         taken, hypervisor with libvirt's or init's reason when it does not start, or when its init does not
    ///         report in time.
    [[nodiscard]] Instance start(const Sandbox& sandbox, const StartOptions& options = {}) const;

private:
    struct SANDGRAFT_HIDDEN Impl;
    explicit Host(std::shared_ptr<const Impl> impl);
    std::shared_ptr<const Impl> impl_;
};

}  // namespace sandgraft
