// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/export.hpp>
#include <sandgraft/instance.hpp>

#include <memory>

namespace sandgraft {

/// A start that is under way, for programs with an event loop: nothing here waits.
///
/// libvirt's own start of a sandbox blocks, so a thread of the library's makes the whole start and ends with it. It
/// calls no function of the caller: those of StartOptions are called by dispatch(), those of Streams not before the
/// Instance is taken, as Streams says. But it may be the one that frees what the functions of Streams hold.
///
/// Any member may be called from any thread, also by the functions that dispatch() calls, but the destructor by the
/// last who uses it. Destroying it cancels a start that was not taken. A child made by fork(2) may only destroy its
/// copy.
class SANDGRAFT_EXPORT PendingStart {
public:
    struct SANDGRAFT_HIDDEN Impl;
    explicit PendingStart(std::unique_ptr<Impl> impl);
    PendingStart(PendingStart&&) noexcept;
    PendingStart& operator=(PendingStart&&) noexcept;
    ~PendingStart();

    /// A descriptor that is readable while dispatch() has something to tell, and from ready() on, for poll(2),
    /// a GSource and the like. It stays the object's.
    [[nodiscard]] int descriptor() const;

    /// Calls StartOptions::on_progress and on_warning with what there is to tell, one at a time. What they throw comes
    /// out of this, and the start goes on.
    void dispatch();

    /// The start is over and all of it told, or it was cancelled: take() will return or throw.
    [[nodiscard]] bool ready() const;

    /// Abandons the start: ready() from then on. What it has made goes away, also a sandbox that would have outlived
    /// this process, and nobody waits for it. No function of its StartOptions is called any more, and the descriptors
    /// of its Streams may be closed. Of one that was taken already this does nothing.
    ///
    /// The thread ends as soon as what it waits for does: the sandbox's init ends at once, libvirt may take as long as
    /// it takes. When it does not answer at all, that thread stays, and what libvirt may have started then is ended
    /// by its init, whose channel is closed, and with this process by libvirt.
    void cancel();

    /// The sandbox, once ready().
    /// @throws Error what Host::start() would have thrown; wrong_state when it is not ready, was cancelled or has been
    ///         taken.
    [[nodiscard]] Instance take();

private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace sandgraft
