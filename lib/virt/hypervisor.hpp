// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/fd.hpp"

#include <sandgraft/stored.hpp>

#include <sys/types.h>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandgraft::virt {

/// Which document of a domain: as it is now, or as the next start takes it; there is one when it does not run.
enum class Document { current, next };

/// A domain as libvirt lists it.
struct DomainInfo {
    std::string name{};
    std::string uuid{};
    bool active = false;
    bool defined = false;    ///< libvirt keeps it when it ends
    std::string metadata{};  ///< the element of the namespace that was asked for, as XML; empty: it has none
};

/// Is told what happens to domains, sandboxes or not, by the thread that serves libvirt's, which must neither wait nor
/// be thrown at.
class DomainListener {
public:
    virtual ~DomainListener() = default;
    /// libvirt may tell the end of a domain twice.
    virtual void happened(SandboxEvent event) noexcept = 0;

    /// The connection is lost: nothing follows.
    virtual void lost() noexcept = 0;
};

/// One domain of a connection, which stays open as long as it lives. Where the connection is lost, because libvirt's
/// daemon was restarted, what is asked of the domain is asked over a new one.
class Domain {
public:
    virtual ~Domain() = default;

    /// Whether the connection that the domain was started with is still there; its consoles have ended with it.
    [[nodiscard]] virtual bool is_reachable() const = 0;

    /// What libvirt says of it now, with its metadata of a namespace.
    [[nodiscard]] virtual DomainInfo info(const std::string& metadata) const = 0;

    [[nodiscard]] virtual std::string document(Document which = Document::current) const = 0;

    /// A descriptor that carries the bytes of a console device, by its alias ("console1"), both ways. It reaches its
    /// end when the domain does.
    [[nodiscard]] virtual base::Fd open_console(const std::string& alias) const = 0;

    /// Ends the domain at once; one that has ended already is no error.
    virtual void destroy() const = 0;

    /// Ends one that is about to end by itself, should it not, and does not wait for libvirt.
    virtual void destroy_later() const = 0;

    /// Has libvirt forget its definition. One that runs goes on, and is gone when it ends.
    virtual void undefine() const = 0;
};

/// What a domain is made from.
struct Creation {
    std::string document{};
    std::string name{};
    std::vector<int>
        passed{};       ///< descriptors that the domain's init inherits as 3, 4, ...; on a local connection only
    bool kept = false;  ///< it outlives the connection; where its name and UUID are those of a definition, that stays
                        ///< as it is
    bool ends_alone = false;  ///< nor need it end with the connection otherwise: somebody else sees to its end
};

/// A connection to libvirt. Its functions throw Error with libvirt's reason. Its end, and that of its last domain, do
/// not wait for libvirt, unless the program itself serves libvirt's events.
class Hypervisor {
public:
    virtual ~Hypervisor() = default;

    /// The connection's URI as libvirt has it, with aliases resolved.
    [[nodiscard]] virtual std::string uri() const = 0;

    [[nodiscard]] virtual std::uint64_t memory_bytes() const = 0;

    /// The process that listens for this machine's libvirt, at the other end of this connection: the daemon or, where
    /// systemd listens for it, the first process, in whose mount namespace the daemon then runs. 0: it is in a PID
    /// namespace that cannot be seen from here. None: libvirt is elsewhere, or it could not be found out.
    ///
    /// No connection is made to find out, which the daemon would log, and count.
    [[nodiscard]] virtual std::optional<pid_t> listening_process() const = 0;

    /// Starts a domain. Unless it is kept or ends alone, libvirt destroys it when this connection closes, also by the
    /// end of this process or of libvirt's daemon. Without that libvirt 9.0 now and then goes on calling a container
    /// running that has ended: its daemon misses the controller's first word, and so its last. On this machine the
    /// controller shows that, and whoever comes across such a domain has it destroyed: this function, define(),
    /// lookup() and list().
    /// @throws Error exists when the name is taken; wrong_state when it is kept and its definition runs.
    [[nodiscard]] virtual std::unique_ptr<Domain> create(const Creation& creation) const = 0;

    /// Has libvirt keep a document; one with the name and UUID of a domain takes the place of its definition.
    /// @throws Error exists when the name is taken.
    virtual void define(const std::string& document, const std::string& name) const = 0;

    /// @throws Error not_found.
    [[nodiscard]] virtual std::unique_ptr<Domain> lookup(const std::string& name) const = 0;

    /// Every domain, sorted by name, with its metadata of a namespace.
    [[nodiscard]] virtual std::vector<DomainInfo> list(const std::string& metadata) const = 0;

    /// The metadata of one domain; empty: it has none, or is not there.
    [[nodiscard]] virtual std::string metadata(const std::string& uuid, const std::string& metadata) const = 0;

    /// Tells of what happens to any domain, over a connection of its own, until what is returned is destroyed or that
    /// connection is lost. What happened before this returns is not told.
    [[nodiscard]] virtual std::shared_ptr<const void> listen(std::shared_ptr<DomainListener> listener) const = 0;
};

}  // namespace sandgraft::virt
