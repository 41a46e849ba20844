// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>
#include <sandgraft/sandbox.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft {

/// A sandbox that libvirt has.
struct SandboxInfo {
    enum class State { stopped, running };

    std::string name{};
    std::string uuid{};
    State state = State::stopped;
    bool defined = false;  ///< libvirt keeps it when it stops; else it ends with the program that runs it
    std::vector<PublishedPort> ports{};  ///< as they are now, of a running one of Host::start_kept() by the same user
    Payload payload{};     ///< empty where a newer Sandgraft wrote what this one cannot read

    bool operator==(const SandboxInfo&) const = default;
};

/// All that libvirt has of one.
struct StoredSandbox {
    SandboxInfo info{};
    Sandbox description{};

    /// What its document has and no description says, such as a device that somebody added with `virsh edit`: one line
    /// for each, the path of an element and its attributes.
    std::vector<std::string> foreign{};

    std::string document{};  ///< as the next start takes it, or as it is of one that is not defined

    bool operator==(const StoredSandbox&) const = default;
};

/// What happened to a sandbox.
struct SandboxEvent {
    enum class Kind { defined, undefined, started, stopped };

    Kind kind = Kind::defined;
    std::string name{};
    std::string uuid{};

    bool operator==(const SandboxEvent&) const = default;
};

SANDGRAFT_EXPORT std::string_view to_string(SandboxInfo::State state);
SANDGRAFT_EXPORT std::string_view to_string(SandboxEvent::Kind kind);

/// What happens to sandboxes, in its order, from the moment that Host::events() was called. It has a connection of its
/// own. One thread at a time uses it; the descriptor may be polled by another.
class SANDGRAFT_EXPORT SandboxEvents {
public:
    struct SANDGRAFT_HIDDEN Impl;
    explicit SandboxEvents(std::unique_ptr<Impl> impl);
    SandboxEvents(SandboxEvents&&) noexcept;
    SandboxEvents& operator=(SandboxEvents&&) noexcept;
    ~SandboxEvents();

    /// Readable while next() may have something to return or to throw. It is the object's own, and only to be polled.
    [[nodiscard]] int descriptor() const;

    /// Does not wait for an event; of a sandbox that is new, libvirt is asked whether it is Sandgraft's. One that
    /// has vanished before that is not told of.
    /// @return nullopt when nothing has happened yet.
    /// @throws Error hypervisor when the connection is lost: nothing follows.
    [[nodiscard]] std::optional<SandboxEvent> next();

private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace sandgraft
