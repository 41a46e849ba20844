// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace sandgraft::virt {

/// Somebody who needs libvirt's events served. The first one registers, for the whole process, who serves them, and
/// keeps libvirt from printing its errors, each of which becomes an Error. A program that has registered an event
/// implementation (virEventRegisterImpl) is a user of libvirt itself: it runs its loop, and its error function stays as
/// it is. To be made before a connection is, and to outlive it; not to be destroyed by a callback of libvirt's.
class EventUser {
public:
    EventUser();
    ~EventUser();
    EventUser(const EventUser&) = delete;
    EventUser& operator=(const EventUser&) = delete;

    /// Has a thread serve the events from now on until the last user that asked for one has gone, unless the program
    /// serves them. To be called as soon as a connection is open: libvirt gives up on a client that does not answer for
    /// half a minute. Not before, because the thread would be woken by every one of the calls that open a connection.
    void serve();

    /// Whether a thread of this library serves them.
    [[nodiscard]] bool served_here() const { return serving_; }

private:
    bool serving_ = false;
};

/// While somebody makes very many calls over the only connection: each would wake the thread that serves the events,
/// twice. Its consoles stand still meanwhile. Not to be made in a callback of libvirt's, nor before there is an
/// EventUser.
class EventPause {
public:
    EventPause();
    ~EventPause();
    EventPause(const EventPause&) = delete;
    EventPause& operator=(const EventPause&) = delete;
};

}  // namespace sandgraft::virt
