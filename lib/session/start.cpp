// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/start.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "domain/guest.hpp"
#include "domain/stored.hpp"
#include "model/payload.hpp"
#include "root/kept_directory.hpp"
#include "root/undertaker.hpp"
#include "session/published_ports.hpp"
#include "session/services.hpp"
#include "session/stored.hpp"
#include "session/user_database.hpp"
#include "virt/door.hpp"

#include <sandgraft/error.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace sandgraft {

namespace {

/// "sandgraft-" and 48 random bits: nobody has to ask libvirt which names are free.
std::string unique_name() { return "sandgraft-" + base::random_hex(6); }

/// When init ends at once because it failed, libvirt now and then finds that nothing was started; init knows why.
void throw_reason(Instance::Impl& running, const Error& libvirts, std::chrono::milliseconds deadline) {
    if (running.relay) {
        try {
            running.relay->await_setup(deadline);
        } catch (const Error&) {
            if (running.relay->failure()) throw;
        }
    }
    throw Error(libvirts);
}

Sandbox with(Sandbox sandbox, const std::vector<Mount>& masks) {
    sandbox.mounts.insert(sandbox.mounts.end(), masks.begin(), masks.end());
    return sandbox;
}

/// The document of a sandbox, given what its start has prepared.
using MakeDocument = std::function<std::string(const Capabilities&, const Provision&)>;

/// One start: of a sandbox that ends with this process, or of one that a keeper has from then on.
class Start {
public:
    Start(const session::Starter& starter, const Sandbox& sandbox, bool kept)
        : starter_(starter), its_(*starter.its), options_(starter.options), sandbox_(sandbox), kept_(kept) {}

    std::unique_ptr<Instance::Impl> run(const MakeDocument& make_document) {
        check();
        listen();
        report("libvirt");
        if (kept_) directory_.emplace(session::program_beside(its_.init, "sandgraft-guard"), sandbox_.name);
        const auto connect = [this]() -> const virt::Hypervisor& { return its_.connection.hypervisor(); };
        auto prepared = its_.backend->prepare(sandbox_, connect);  // libvirt needs it until the sandbox runs
        (void)connect();
        warn(prepared.warnings);
        const Capabilities offered = starter_.host.capabilities();
        config_ = encode_config(offered, prepared.masks);
        prepared.provision.uuid = uuid_;
        document_ = make_document(offered, prepared.provision);
        open_route();
        if (early_ && !kept_) leave_to_undertaker(prepared.leases);
        create(prepared.leases);
        await_init();
        return std::move(running_);
    }

private:
    /// Refuses what cannot be started before anything is prepared.
    void check() const {
        validate(sandbox_);
        if (!its_.uri.local && std::holds_alternative<Services>(sandbox_.payload))
            throw Error(ErrorCode::unsupported,
                        "units are read from the root, which is out of reach where libvirt is on another machine");
        if (kept_ && (!its_.uri.local || options_.channel == Channel::console))
            throw Error(ErrorCode::unsupported,
                        "only a socket reaches a sandbox that outlives its program, and libvirt on this machine");
    }

    /// Nothing is made where a port cannot be had.
    void listen() {
        auto ports = sandbox_.ports;
        ports.insert(ports.end(), options_.ports.begin(), options_.ports.end());
        listening_ = session::listen_at(ports);
    }

    /// Init may be on another machine.
    [[nodiscard]] std::string own_guard() const {
        return session::program_beside(its_.uri.local ? its_.init : installed_init(), "sandgraft-guard");
    }

    void report(std::string_view what) const {
        if (options_.on_progress) options_.on_progress(what);
    }

    void warn(const std::vector<std::string>& warnings) const {
        if (!options_.on_warning) return;
        for (const auto& warning : warnings) options_.on_warning(warning);
    }

    [[nodiscard]] std::string encode_config(const Capabilities& offered, const std::vector<Mount>& masks) const {
        wire::GuestConfig config = domain::guest_config(with(sandbox_, masks), offered);
        if (const auto* services = std::get_if<Services>(&sandbox_.payload))
            session::add_system(config, *services, sandbox_.root);
        else if (its_.uri.local && sandbox_.root == "/")
            session::ask_user_database(config);
        return wire::encode(config);
    }

    /// A channel that is there before the sandbox is transparent from its first byte: the host speaks at once, and the
    /// guest need not wait for it. On another one the host waits for the guest, who makes it transparent.
    void open_route() {
        route_ = its_.backend->open_route(options_.channel);
        early_ = static_cast<bool>(route_.near);
        const bool terminal = model::has_terminal(sandbox_.payload);
        running_ = std::make_unique<Instance::Impl>(sandbox_.name, own_guard(), options_.streams, terminal,
                                                    route_.ends_sandbox);
        for (const auto& port : listening_) running_->ports.push_back(port.port);
        running_->boots_units = std::holds_alternative<Services>(sandbox_.payload);
        if (kept_)
            running_->reach_keeper(start_keeper());
        else if (early_)
            running_->attach(std::move(route_.near));
        tell_relay();
        if (kept_)
            running_->attach_to_keeper(options_.init_deadline);
        else if (early_)
            running_->greet();
        if (early_) running_->relay->configure(config_);
    }

    /// It learns when libvirt, which holds the other end, has created the sandbox.
    base::Fd start_keeper() {
        auto [creation, held] = base::make_pipe();
        creation_ = std::move(held);
        return root::start_keeper(session::program_beside(its_.init, "sandgraft-keeper"), sandbox_.name,
                                  std::move(*directory_), std::move(route_.near), std::move(creation), keeper_ports());
    }

    /// What libvirt is passed: what the sandbox's init inherits, then what libvirt itself shall hold.
    [[nodiscard]] std::vector<int> passed_files(const std::vector<int>& leases) const {
        std::vector<int> files;
        for (const auto& fd : route_.passed) files.push_back(fd.get());
        files.insert(files.end(), leases.begin(), leases.end());
        if (creation_) files.push_back(creation_.get());
        return files;
    }

    [[nodiscard]] std::vector<root::KeeperPort> keeper_ports() const {
        std::vector<root::KeeperPort> ports;
        for (const auto& [port, socket] : listening_) ports.push_back({to_option(port), socket.get()});
        return ports;
    }

    /// A keeper has its own descriptors of the sockets, which listen as long as it is there.
    void publish() {
        std::vector<wire::PublishedPorts::Port> ports;
        for (auto& [port, socket] : listening_) ports.push_back({std::move(socket), port.port});
        if (!kept_ && !ports.empty()) running_->relay->publish(std::move(ports));
    }

    void tell_relay() const {
        if (running_->relay && starter_.on_relay) starter_.on_relay(running_->relay);
    }

    /// libvirt destroys what it started for a connection also when that is lost, its daemon being restarted. The end of
    /// the channel ends the sandbox as well; but libvirt might not see the end, and be left with the domain.
    void leave_to_undertaker(std::vector<int>& leases) {
        const auto signs = its_.backend->signs_of(sandbox_.name);
        running_->lease = root::start_undertaker(
            own_guard(), {.sign = signs.running,
                          .watchman = signs.daemon,
                          .program = session::program_beside(its_.init, "sandgraft-bury"),
                          .arguments = {its_.connection.hypervisor().uri(), virt::module_directory(its_.modules),
                                        sandbox_.name, uuid_}});
        leases.push_back(running_->lease.get());
    }

    void create(const std::vector<int>& leases) {
        report("libvirt to start the sandbox");
        std::optional<Error> failure;
        try {
            running_->domain = its_.connection.hypervisor().create({.document = document_,
                                                                    .name = sandbox_.name,
                                                                    .passed = passed_files(leases),
                                                                    .kept = kept_,
                                                                    .ends_alone = early_});
        } catch (const Error& error) {
            failure = error;
        }
        route_.passed.clear();  // the sandbox has its own, and its end shall be seen
        creation_.reset();
        if (failure) throw_reason(*running_, *failure, options_.init_deadline);
    }

    void await_init() {
        if (!early_) running_->attach(its_.backend->connect(*running_->domain));
        report("the sandbox's init");
        if (!early_) {
            tell_relay();
            running_->relay->await_hello(options_.init_deadline);
            running_->greet();
            running_->relay->configure(config_);
        }
        running_->relay->await_setup(options_.init_deadline);
        publish();
    }

    const session::Starter& starter_;
    const Host::Impl& its_;
    const StartOptions& options_;
    const Sandbox& sandbox_;
    bool kept_;
    std::string uuid_ = base::random_uuid();  ///< of a domain that is not defined
    std::vector<session::ListeningPort> listening_;
    std::optional<root::KeptDirectory> directory_;
    std::string config_;    ///< for init
    std::string document_;  ///< for libvirt
    session::Route route_;
    base::Fd creation_;
    bool early_ = false;
    std::unique_ptr<Instance::Impl> running_;
};

Sandbox named(Sandbox sandbox) {
    if (sandbox.name.empty()) sandbox.name = unique_name();
    return sandbox;
}

}  // namespace

namespace session {

std::unique_ptr<Instance::Impl> start(const Starter& starter, const Sandbox& description, bool kept) {
    const Sandbox sandbox = named(description);
    return Start(starter, sandbox, kept).run([&](const Capabilities& offered, const Provision& provision) {
        return to_domain_xml(sandbox, offered, provision);
    });
}

std::unique_ptr<Instance::Impl> start_stored(const Starter& starter, const std::string& name) {
    const auto kept = find_kept(starter.its->connection.hypervisor(), name);
    if (kept.info.active)
        throw Error(ErrorCode::wrong_state, "the sandbox " + base::quote(name) + " is running already");
    const std::string document = kept.document();
    const Sandbox sandbox = domain::read_stored(document).sandbox;
    return Start(starter, sandbox, true).run([&](const Capabilities& offered, const Provision& provision) {
        return domain::provisioned(document, provision, offered);
    });
}

}  // namespace session

Instance Host::start(const Sandbox& description, const StartOptions& options) const {
    return Instance(session::start({*this, impl_, options}, description, false));
}

Instance Host::start_kept(const Sandbox& description, const StartOptions& options) const {
    return Instance(session::start({*this, impl_, options}, description, true));
}

Instance Host::start_kept(const std::string& name, const StartOptions& options) const {
    return Instance(session::start_stored({*this, impl_, options}, name));
}

}  // namespace sandgraft
