// SPDX-License-Identifier: LGPL-2.1-or-later
// Connections from a published port of the host to a service inside, through both ends of the channel, and what init
// answers to a scripted host.
#include "guest/init_process.hpp"
#include "support/tcp.hpp"
#include "wire/published_ports.hpp"

#include <sys/eventfd.h>
#include <algorithm>
#include <atomic>

using namespace sandgraft;
using namespace sandgraft::wire;
using test::accept_at;
using test::break_off;
using test::connect_to;
using test::Init;
using test::receive;
using test::receive_all;
using test::Received;
using test::send;
using test::send_end;

namespace {

constexpr std::uint16_t first = most_processes + 1;

/// A host that publishes one port of a sandbox whose command is cat(1), and relays in a thread of its own.
class Host {
public:
    explicit Host(std::uint16_t inside)
        : init_(test::Words{"cat"}), link_(base::Fd(::dup(init_.host.fd()))), listening_(test::listen_at_loopback()) {
        port = base::local_port(listening_.get());
        std::vector<PublishedPorts::Port> ports;
        ports.push_back({std::move(listening_), inside});
        ports_.emplace(std::move(ports));
        thread_ = std::thread([this] { relay(); });
    }
    ~Host() {
        end_command();
        thread_.join();
    }
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    /// The command reads its end of input, and ends.
    void end_command() {
        const std::uint64_t one = 1;
        (void)!::write(ended_.get(), &one, sizeof one);
    }

    [[nodiscard]] std::size_t most_waiting() const { return most_waiting_; }

    std::uint16_t port = 0;

private:
    void relay() {
        while (!over_) {
            pollfd polled[] = {{link_.fd(), link_.wanted(), 0}, {ports_->fd(), POLLIN, 0}, {ended_.get(), POLLIN, 0}};
            ::poll(polled, 3, test::tcp_patience_ms);
            if (polled[0].revents & POLLOUT) link_.flush();
            if (polled[0].revents & ~POLLOUT) take();
            if (polled[1].revents != 0) ports_->serve(link_);
            if (polled[2].revents != 0) end_input();
            ports_->take_turns(link_);
            most_waiting_ = std::max<std::size_t>(most_waiting_, link_.waiting());
        }
    }

    void end_input() {
        std::uint64_t count = 0;
        (void)!::read(ended_.get(), &count, sizeof count);
        if (std::exchange(input_ended_, true)) return;
        link_.send(encode_eof(0, Stream::input));
    }

    void take() {
        over_ = !link_.read();
        while (const auto frame = link_.next()) {
            if (frame->process > most_processes) ports_->take(*frame, newest_version, link_);
            if (frame->process != 0 || frame->type != FrameType::exited) continue;
            over_ = true;
            link_.send(encode_empty(0, FrameType::stop));
        }
    }

    Init init_;
    Link link_;
    base::Fd listening_;
    base::Fd ended_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::optional<PublishedPorts> ports_;
    std::atomic<std::size_t> most_waiting_ = 0;
    bool input_ended_ = false;
    bool over_ = false;
    std::thread thread_;
};

/// A service of this test, which init finds at its own loopback.
struct Service {
    explicit Service(const std::string& address = "127.0.0.1") : listening(test::listen_at_loopback(address)) {}

    [[nodiscard]] std::uint16_t port() const { return base::local_port(listening.get()); }
    [[nodiscard]] base::Fd accept() const { return accept_at(listening); }

    base::Fd listening;
};

/// A port where nobody listens.
std::uint16_t free_port() { return Service().port(); }

}  // namespace

TEST_CASE("a published port leads to who listens at either loopback address, and each direction ends by itself") {
    for (const char* address : {"127.0.0.1", "::1", "0.0.0.0", "::"}) {
        INFO(address);
        const Service service(address);
        Host host(service.port());
        const base::Fd client = connect_to(host.port);
        const base::Fd served = service.accept();
        REQUIRE(served);
        send(client, "question");
        CHECK(receive(served, 8) == "question");
        send_end(client);
        CHECK(receive_all(served) == Received{"", 0});
        send(served, "an answer after the end of the question");
        send_end(served);
        CHECK(receive_all(client) == Received{"an answer after the end of the question", 0});
    }
}

TEST_CASE("whoever serves may end its direction first") {
    const Service service;
    Host host(service.port());
    const base::Fd client = connect_to(host.port);
    const base::Fd served = service.accept();
    send(served, "greeting");
    send_end(served);
    CHECK(receive_all(client) == Received{"greeting", 0});
    send(client, "still heard");
    send_end(client);
    CHECK(receive_all(served) == Received{"still heard", 0});
}

TEST_CASE("a connection to a port where nobody listens is reset at once") {
    Host host(free_port());
    const base::Fd client = connect_to(host.port);
    CHECK(receive_all(client) == Received{"", ECONNRESET});
    const base::Fd again = connect_to(host.port);
    CHECK(receive_all(again).error == ECONNRESET);
}

TEST_CASE("who breaks a connection off breaks it off for the other") {
    const Service service;
    Host host(service.port());
    base::Fd client = connect_to(host.port);
    base::Fd served = service.accept();
    SECTION("the client") {
        break_off(std::move(client));
        CHECK(receive_all(served) == Received{"", ECONNRESET});
    }
    SECTION("the service") {
        break_off(std::move(served));
        CHECK(receive_all(client) == Received{"", ECONNRESET});
    }
}

TEST_CASE("much goes through both ways at a time and arrives whole") {
    const Service service;
    Host host(service.port());
    const base::Fd client = connect_to(host.port);
    const base::Fd served = service.accept();
    std::string much;
    for (int i = 0; much.size() < 8 << 20; ++i) much += std::to_string(i) + ' ';
    std::thread up([&] {
        send(client, much);
        send_end(client);
    });
    std::thread down([&] {
        send(served, much);
        send_end(served);
    });
    std::string got;
    std::thread reader([&] { got = receive_all(served).bytes; });
    const bool is_same = receive_all(client).bytes == much;
    reader.join();
    up.join();
    down.join();
    CHECK(is_same);
    CHECK(got == much);
}

TEST_CASE("a service that never reads stalls its client alone, and little is kept") {
    const Service service;
    Host host(service.port());
    const base::Fd client = connect_to(host.port);
    const base::Fd deaf = service.accept();
    base::set_nonblocking(client.get());
    const std::string bytes(65536, 'x');
    pollfd entry{client.get(), POLLOUT, 0};
    while (::poll(&entry, 1, 300) > 0) (void)!::write(client.get(), bytes.data(), bytes.size());
    const base::Fd other = connect_to(host.port);
    const base::Fd heard = service.accept();
    send(other, "heard");
    CHECK(receive(heard, 5) == "heard");
    CHECK(host.most_waiting() <= 2 * connection_window);
}

TEST_CASE("a thousand connections at once, and more than there can be wait") {
    constexpr std::size_t many = most_connections + 8;
    test::raise_descriptor_limit();
    const Service service;
    Host host(service.port());
    std::vector<base::Fd> clients;
    std::vector<base::Fd> served;
    for (std::size_t i = 0; i < many; ++i) {
        clients.push_back(connect_to(host.port));
        send(clients.back(), std::to_string(100000 + i));
    }
    for (std::size_t i = 0; i < most_connections; ++i) served.push_back(service.accept());
    REQUIRE_FALSE(test::is_readable(service.listening, 0));
    std::vector<std::string> heard;
    for (const auto& socket : served) heard.push_back(receive(socket, 6));
    for (auto& socket : clients) send_end(socket);
    served.clear();  // one after another makes room for those that wait
    for (std::size_t i = most_connections; i < many; ++i) heard.push_back(receive(service.accept(), 6));
    std::sort(heard.begin(), heard.end());
    for (std::size_t i = 0; i < many; ++i) REQUIRE(heard.at(i) == std::to_string(100000 + i));
}

TEST_CASE("the end of the command ends connections, and what has been said arrives") {
    const Service service;
    Host host(service.port());
    const base::Fd client = connect_to(host.port);
    const base::Fd served = service.accept();
    send(client, "ask");
    CHECK(receive(served, 3) == "ask");
    send(served, "last words");
    host.end_command();
    CHECK(receive_all(client) == Received{"last words", 0});
    CHECK(receive_all(served) == Received{"", 0});
}

TEST_CASE("init tells why there is no connection, and forgets it") {
    Init init(test::Words{"cat"});
    const auto port = free_port();
    init.host.send(encode_connect(first, port));
    CHECK(init.refusal(first) == "Connection refused");
    init.told.erase(first);
    init.host.send(encode_empty(first, FrameType::stop) + encode_data(first, Stream::input, "late"));
    init.host.send(encode_connect(first, port));
    CHECK(init.refusal(first) == "Connection refused");
}

TEST_CASE("a connection that is cancelled is broken off, and its end told") {
    const Service service;
    Init init(test::Words{"cat"});
    init.host.send(encode_connect(first, service.port()));
    const base::Fd served = service.accept();
    init.until([&] { return init.told[first].ready; });
    init.stop(first);
    CHECK(init.result(first) == Exited{});
    CHECK(receive_all(served).error == ECONNRESET);
}

TEST_CASE("a host that says of a connection what it may not say ends the session") {
    struct Row {
        std::string said;
        std::string reason;
    };
    const Service service;
    const auto connect = encode_connect(first, service.port());
    const Row rows[] = {
        {encode_connect(first, 0), "impossible value 0"},
        {connect + connect, "unexpected frame 'connect'"},
        {encode_connect(1, 80), "unexpected frame 'connect'"},
        {connect + encode_data(first, Stream::input, "early"), "unexpected frame 'data'"},
        {connect + encode_signal(first, 9), "unexpected frame 'signal'"},
        {encode_exec(first, "exec"), "unexpected frame 'exec'"},
    };
    for (const auto& [said, reason] : rows) {
        INFO(reason);
        Init init(test::Words{"cat"});
        init.until([&] { return init.told[0].ready; });
        init.host.send(said + encode_empty(0, FrameType::stop));
        init.until([&] { return init.told[0].over(); });
        CHECK_THAT(init.told[0].failed.value_or("nothing failed"), Catch::Contains(reason));
    }
}

TEST_CASE("a host of a version without connections names none") {
    Init init(test::Words{"cat"}, {.version = exec_version});
    init.host.send(encode_connect(first, 80));
    CHECK(init.refusal(0) == "the host named the unknown process " + std::to_string(first));
}
