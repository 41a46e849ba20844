// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>
#include <sandgraft/instance.hpp>
#include <sandgraft/pending_start.hpp>
#include <sandgraft/sandbox.hpp>
#include <sandgraft/stored.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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
    std::string init{};     ///< the absolute path of the file sandgraft-init on libvirt's machine, the other programs
                            ///< beside it; empty: installed_init()
    std::string modules{};  ///< the directory of sandgraft-libvirt-0.1.so, the module that connects to libvirt; empty:
                            ///< beside the shared library, or as installed

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

    std::vector<PublishedPort> ports{};  ///< published by this start beside those of the description

    /// How long the sandbox's init may take to report once libvirt has started it; negative: for ever.
    std::chrono::milliseconds init_deadline{30000};

    /// Called with what is being waited for ("libvirt to start the sandbox"), each time that changes.
    std::function<void(std::string_view)> on_progress{};

    /// Called with one line for each thing that this host or connection cannot do as it should be done.
    std::function<void(std::string_view)> on_warning{};
};

/// A connection to libvirt. Threads may share one, and a process may have several. Sandboxes over Channel::console that
/// run at the same time had better have one each: libvirt 9.0 now and then closes a connection with many consoles,
/// which ends them all.
///
/// It belongs to the process that opened it, and so do its instances. A child made by fork(2) may only destroy its
/// copies, which touches neither the connection, the sandboxes nor the terminal.
class SANDGRAFT_EXPORT Host {
public:
    struct SANDGRAFT_HIDDEN Impl;

    /// @throws Error hypervisor or denied when it cannot be reached, unsupported when there are no sandboxes with its
    ///         driver or the program is linked with -static, not_found when the library's module for libvirt, or
    ///         libvirt, is not installed.
    static Host open(const HostOptions& options = {});

    /// What the host offers to a sandbox.
    [[nodiscard]] Capabilities capabilities() const;

    /// Starts a sandbox that ends with this process, and returns when its init runs.
    /// Its ports are listened at from before it is made until its command ends; who connects before its command has
    /// been started waits for that. Connections are relayed by whoever is in wait() or calls dispatch().
    /// @throws Error invalid when the description or a path that it names makes no sense, exists when the name is
    ///         taken, io or denied when one of its ports cannot be had, unsupported when this version or the connection
    ///         cannot start it so, not_found when the host lacks a path that it names, or the installation one of its
    ///         files, hypervisor with libvirt's or init's reason when it does not start (such as a user that the
    ///         sandbox does not have), or when its init does not report in time.
    [[nodiscard]] Instance start(const Sandbox& sandbox, const StartOptions& options = {}) const;

    /// Starts a sandbox that outlives this process, as long as its command runs: sandgraft-keeper has its channel from
    /// then on, and Instance::connect() finds it, in any program of the same user or of root. Where the streams of the
    /// options are not empty, this instance is attached to the command as Instance::attach() does it, before the
    /// command starts; otherwise its first output is kept for who attaches later, and its input stays open. The keeper
    /// relays the connections to its ports.
    ///
    /// The keeper needs libvirt on this machine, and Channel::socket. Nothing of the sandbox is left when it has ended.
    /// @throws Error as start(), and exists when a kept sandbox of this name runs.
    [[nodiscard]] Instance start_kept(const Sandbox& sandbox, const StartOptions& options = {}) const;

    /// Starts a sandbox that libvirt has, see define(), with its document as it is now. Its definition stays as it is.
    /// @throws Error not_found, wrong_state when it is running.
    [[nodiscard]] Instance start_kept(const std::string& name, const StartOptions& options = {}) const;

    // The same without waiting, for programs with an event loop.

    /// @throws Error io when the system has no thread for it. All else PendingStart::take() throws.
    [[nodiscard]] PendingStart start_async(const Sandbox& sandbox, const StartOptions& options = {}) const;
    [[nodiscard]] PendingStart start_kept_async(const Sandbox& sandbox, const StartOptions& options = {}) const;
    [[nodiscard]] PendingStart start_kept_async(const std::string& name, const StartOptions& options = {}) const;

    // Sandboxes that libvirt has, whoever made them. A domain that is not Sandgraft's is none: of those that take a
    // name, each throws Error not_found for it, which says so. It is left as it is.

    /// Has libvirt keep a sandbox, which is not started.
    /// @throws Error invalid when the description makes no sense or has no name, exists when the name is taken.
    void define(const Sandbox& sandbox) const;

    /// All of them, sorted by name: those that are kept, and those that a program runs now.
    [[nodiscard]] std::vector<SandboxInfo> list() const;

    /// @throws Error not_found, and invalid when its document was edited into something that makes no sense.
    [[nodiscard]] StoredSandbox find(const std::string& name) const;

    /// Has libvirt forget a sandbox.
    /// @throws Error not_found, and wrong_state when it is running.
    void undefine(const std::string& name) const;

    /// Gives a sandbox another name, and a new UUID: libvirt cannot rename a container. Whatever somebody added to its
    /// document stays. At no moment is there neither of both; when it fails there is the old one.
    /// @throws Error not_found, wrong_state when it is running, exists when the new name is taken.
    void rename(const std::string& name, const std::string& new_name) const;

    /// Has libvirt keep another sandbox with the same document, but for the name, the UUID and the addresses of network
    /// interfaces. It may be running, and be one that is not kept.
    /// @throws Error not_found, exists when the new name is taken.
    void clone(const std::string& name, const std::string& new_name) const;

    /// Ends a sandbox at once; one that is not running is no error.
    /// @throws Error not_found.
    void destroy(const std::string& name) const;

    /// Tells what happens to sandboxes from now on.
    [[nodiscard]] SandboxEvents events() const;

private:
    explicit Host(std::shared_ptr<const Impl> impl);
    std::shared_ptr<const Impl> impl_;
};

}  // namespace sandgraft
