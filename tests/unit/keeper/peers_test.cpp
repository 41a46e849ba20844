// SPDX-License-Identifier: LGPL-2.1-or-later
// Who may come in, and what becomes of guests and clients that do what they should not.
#include "keeper_session.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <ctime>
#include <functional>
#include "base/socket.hpp"
#include "support/traces.hpp"

using namespace sandgraft;
using test::failed_frame;
using test::frame_of;
using test::Peer;
using test::Session;
using namespace wire;

namespace {

std::string reason_of(const std::optional<test::ReceivedFrame>& frame) {
    return frame && frame->type == FrameType::failed ? frame->payload : "no failure";
}

/// Nothing has been read from it that says otherwise.
bool is_open(const Peer& guest) {
    char byte = 0;
    return ::recv(guest.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/// Connects from a process that first becomes somebody else.
/// @return whether it may come in; nullopt where it could not become that.
std::optional<bool> may_come_in(const std::function<bool()>& become) {
    const auto listener = std::make_unique<test::TempTree>();
    REQUIRE(::chmod(listener->path().c_str(), 0755) == 0);
    const base::Fd directory(::open(listener->path().c_str(), O_PATH | O_CLOEXEC));
    const auto listening = base::listen_in(directory, "socket");
    REQUIRE(::chmod(listener->at("socket").c_str(), 0777) == 0);
    auto [until, go_on] = base::make_pipe();
    const pid_t child = ::fork();
    if (child == 0) {
        go_on.reset();
        const bool is = become();
        const auto connection = is ? base::connect_in(directory, "socket") : base::Fd();
        char byte = 0;
        if (!connection) ::shutdown(listening.get(), SHUT_RDWR);
        (void)!::read(until.get(), &byte, 1);
        ::_exit(is ? 0 : 1);
    }
    const base::Fd accepted(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const bool trusted = accepted && keeper::is_trusted_peer(accepted.get());
    go_on.reset();
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0 ? std::optional(trusted) : std::nullopt;
}

/// For its lifetime this process gets one more descriptor, and no other; nothing can be asserted then, for the
/// sanitizers need descriptors too.
class OneDescriptor {
public:
    OneDescriptor() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const base::Fd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        const rlimit none{static_cast<rlim_t>(next.get()) + 1, before_.rlim_max};
        if (::setrlimit(RLIMIT_NOFILE, &none) < 0) base::throw_errno("cannot limit the descriptors");
    }
    ~OneDescriptor() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    OneDescriptor(const OneDescriptor&) = delete;
    OneDescriptor& operator=(const OneDescriptor&) = delete;

private:
    rlimit before_{};
};

std::chrono::milliseconds processor_time() {
    timespec spent{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(spent.tv_sec) +
                                                                 std::chrono::nanoseconds(spent.tv_nsec));
}

}  // namespace

TEST_CASE("the keeper's user and root come in, from the keeper's user namespace alone") {
    CHECK(may_come_in([] { return true; }) == true);
    const auto another =
        may_come_in([] { return ::setresgid(65534, 65534, 65534) == 0 && ::setresuid(65534, 65534, 65534) == 0; });
    CHECK(another.value_or(false) == false);
    const auto elsewhere = may_come_in([] { return ::unshare(CLONE_NEWUSER) == 0; });
    CHECK(elsewhere.value_or(false) == false);
    if (::geteuid() == 0) {
        CHECK(another);
        CHECK(elsewhere);
    }
}

TEST_CASE("a client that breaks the protocol loses its connection, and nothing else happens") {
    const auto whole_window = [] {
        std::string frames;
        for (int i = 0; i < 4; ++i) frames += encode_data(1, Stream::input, std::string(max_payload, 'x'));
        return frames;
    };
    struct {
        const char* what;
        std::string frames;
    } const rows[] = {
        {"no frame", std::string(64, '\xFF')},
        {"hello again", encode(Hello{})},
        {"config, not by the starter", encode_config("config")},
        {"config of a process", encode_header(FrameType::config, 0, 1, 1) + std::string(1, '\1')},
        {"data for the command", encode_data(0, Stream::input, "x")},
        {"end of the command's input", encode_eof(0, Stream::input)},
        {"credit for the command", encode_credit(0, Stream::output, 1)},
        {"exec of the command", encode_exec(0, "exec")},
        {"attach to itself", encode_attach(0, {.live = true})},
        {"what only a guest says", encode_empty(0, FrameType::ready)},
        {"an end of the command", encode_exited(0, {}, newest_version)},
        {"an impossible signal", encode_signal(0, 65)},
        {"a long stop", encode_header(FrameType::stop, 0, 0, 1) + "x"},
        {"a number above all", encode_exec(most_processes + 1, "exec")},
        {"destroy of a process", encode_empty(1, FrameType::destroy)},
        {"exec of a number in use", encode_exec(1, "exec")},
        {"attach of a number in use", encode_attach(1, {.live = true})},
        {"data of an output", encode_data(1, Stream::output, "x")},
        {"data beyond the credit", whole_window() + encode_data(1, Stream::input, "x")},
        {"data after the end", encode_eof(1, Stream::input) + encode_data(1, Stream::input, "x")},
        {"two ends", encode_eof(1, Stream::input) + encode_eof(1, Stream::input)},
        {"credit for its own data", encode_credit(1, Stream::input, 1)},
        {"credit for nothing", encode_credit(1, Stream::output, 1)},
        {"no credit", encode_credit(1, Stream::output, 0)},
        {"a signal of the process", encode_signal(1, 0)},
        {"an end of the process", encode_exited(1, {}, newest_version)},
        {"a malformed exec", encode_header(FrameType::exec, 0, 2, 1) + "x"},
        {"an empty exec", encode_header(FrameType::exec, 0, 2, 0)},
        {"impossible flags", encode_header(FrameType::attach, 0, 2, 1) + "\x08"},
        {"data without the input", encode_attach(3, {.live = true}) + encode_data(3, Stream::input, "x")},
        {"credit for what an attachment was not sent",
         encode_attach(3, {.live = true}) + encode_credit(3, Stream::output, 1)},
    };
    Session session;
    session.started();
    for (const auto& row : rows) {
        INFO(row.what);
        Peer client = session.connect();
        const auto process = session.start(client, 1);
        std::thread sender([&] { client.send(row.frames); });
        std::optional<test::ReceivedFrame> frame;
        do frame = session.guest.receive();
        while (frame && frame->type != FrameType::stop);
        CHECK(frame == frame_of(encode_empty(process, FrameType::stop)));
        do frame = client.receive();
        while (frame && frame->type != FrameType::failed);
        CHECK(reason_of(frame) != "no failure");
        CHECK_FALSE(client.receive());
        sender.join();
        session.guest.send(encode_exited(process, {.how = Exited::How::signal, .value = 9}, newest_version));
        session.check_alive();
    }
}

TEST_CASE("a client has to greet, and speak a version that has processes") {
    struct {
        std::string frames;
        std::string reason;
    } const rows[] = {
        {encode_exec(1, "exec"), "the client sent an unexpected frame 'exec' of process 1"},
        {encode(Hello{.newest = 1}), "the client is too old to speak to a keeper"},
    };
    Session session;
    session.started();
    for (const auto& row : rows) {
        Peer client = session.connect_silently();
        REQUIRE(client.receive()->type == FrameType::hello);
        client.send(row.frames);
        CHECK(reason_of(client.receive()) == row.reason);
        CHECK_FALSE(client.receive());
    }
    session.check_alive();
}

TEST_CASE("a guest that misbehaves has ended its sandbox, and every client is told why") {
    struct {
        const char* what;
        std::string frames;  ///< process 1 is started, 2 is being started
    } const rows[] = {
        {"no frame", std::string(64, '\xFF')},
        {"hello again", encode(Hello{})},
        {"ready again", encode_empty(0, FrameType::ready)},
        {"configured again", encode_empty(0, FrameType::configured)},
        {"a process that does not exist", encode_data(77, Stream::output, "x")},
        {"an end of a process that does not exist", encode_exited(77, {}, newest_version)},
        {"ready of a process twice", encode_empty(1, FrameType::ready)},
        {"ended twice", encode_exited(1, {}, newest_version) + encode_exited(1, {}, newest_version)},
        {"data after the end", encode_exited(1, {}, newest_version) + encode_data(1, Stream::output, "x")},
        {"data after the end of the stream", encode_eof(1, Stream::output) + encode_data(1, Stream::output, "x")},
        {"two ends of a stream", encode_eof(1, Stream::error) + encode_eof(1, Stream::error)},
        {"data of an input", encode_data(1, Stream::input, "x")},
        {"data before the start", encode_data(2, Stream::output, "x")},
        {"credit for nothing", encode_credit(1, Stream::input, 1)},
        {"credit for its own data", encode_credit(1, Stream::output, 1)},
        {"a closed input twice", encode_eof(1, Stream::input) + encode_eof(1, Stream::input)},
        {"the command's closed input twice", encode_eof(0, Stream::input) + encode_eof(0, Stream::input)},
        {"credit for the command", encode_credit(0, Stream::input, 1)},
        {"an impossible end", encode_header(FrameType::exited, 0, 1, 14) + std::string(14, '\xFF')},
        {"what only a host says", encode_signal(1, 9)},
        {"what only a client says", encode_attach(1, {.live = true})},
        {"exec", encode_exec(1, "exec")},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        Session session;
        session.started();
        Peer client = session.connect();
        REQUIRE(session.start(client, 1) == 1);
        client.send(encode_exec(2, "exec"));
        REQUIRE(session.guest.receive()->process == 2);
        session.guest.send(row.frames);
        std::optional<test::ReceivedFrame> frame;
        do frame = client.receive();
        while (frame && frame->process != 0);
        CHECK(reason_of(frame).starts_with("the sandbox's init misbehaves: "));
        CHECK_FALSE(client.receive());
        CHECK_FALSE(session.guest.receive());
    }
}

TEST_CASE("a sandbox that is over while libvirt still creates it ends afterwards") {
    auto [creation, libvirts] = base::make_pipe();
    Session session(test::impatient, std::move(creation));
    session.started();
    SECTION("its command has ended") {
        session.end(3);
        CHECK(session.starter.receive() == test::exited_frame(0, 3));
        CHECK(is_open(session.guest));
        CHECK_FALSE(session.guest.poll());
        libvirts.reset();
        CHECK(session.guest.receive() == frame_of(encode_empty(0, FrameType::stop)));
    }
    SECTION("it has failed") {
        session.guest.send(encode_failed(0, "reason"));
        CHECK(session.starter.receive() == failed_frame(0, "reason"));
        CHECK(is_open(session.guest));
        libvirts.reset();
        CHECK(test::eventually([&] { return !is_open(session.guest); }));
    }
    SECTION("somebody has destroyed it") {
        session.starter.send(encode_empty(0, FrameType::destroy));
        CHECK(session.starter.receive() == failed_frame(0, "the sandbox ended before its command did"));
        CHECK(is_open(session.guest));
        libvirts.reset();
        CHECK(test::eventually([&] { return !is_open(session.guest); }));
    }
}

TEST_CASE("a guest sends no more than it was granted") {
    Session session;
    session.started();
    Peer client = session.connect();
    const std::uint16_t process = GENERATE(std::uint16_t{0}, std::uint16_t{1});
    if (process == 1) session.start(client, 1);
    if (process == 0) session.attach(client, 1, {.live = true});
    std::string frames;
    for (int i = 0; i < 4; ++i) frames += encode_data(process, Stream::output, std::string(max_payload, 'x'));
    std::thread sender([&] { session.guest.send(frames + encode_data(process, Stream::output, "x")); });
    std::optional<test::ReceivedFrame> frame;
    do frame = client.receive();
    while (frame && frame->process != 0);
    CHECK(reason_of(frame) == "the sandbox's init misbehaves: the peer sent more data than it was granted");
    sender.join();
}

TEST_CASE("there are 256 clients, and the next is told so") {
    Session session;
    session.started();
    std::vector<Peer> clients;
    for (int i = 0; i < 255; ++i) clients.push_back(session.connect());
    Peer client = session.connect_silently();
    CHECK(client.receive()->type == FrameType::hello);
    CHECK(client.receive() == failed_frame(0, "the sandbox has 256 clients already"));
    CHECK_FALSE(client.receive());
    clients.pop_back();
    ::usleep(20000);
    session.check_alive();
}

TEST_CASE("a million tiny frames change nothing, whoever sends them") {
    Session session;
    session.started();
    Peer client = session.connect();
    Peer reader = session.connect();
    session.attach(reader, 1, {.live = true});
    std::string frames;
    SECTION("of the guest") {
        const auto process = session.start(client, 1);
        for (int i = 0; i < 1000; ++i)
            frames += encode_data(process, Stream::output, "") + encode_data(0, Stream::error, "");
        for (int i = 0; i < 500; ++i) session.guest.send(frames);
        session.guest.send(encode_exited(process, {}, newest_version));
        std::optional<test::ReceivedFrame> frame;
        do frame = client.receive();
        while (frame && frame->type == FrameType::data);
        CHECK(frame == test::exited_frame(1, 0));
    }
    SECTION("of the guest's command, one byte each") {
        for (int i = 0; i < 1000; ++i) frames += encode_data(0, i % 2 ? Stream::output : Stream::error, "x");
        std::thread sender([&] {
            for (int i = 0; i < 200; ++i) session.guest.send(frames);
        });
        std::size_t bytes = 0;
        while (bytes < 200000) {
            const auto frame = reader.receive();
            REQUIRE(frame);
            bytes += frame->payload.size();
            reader.send(encode_credit(1, static_cast<Stream>(frame->stream),
                                      static_cast<std::uint32_t>(frame->payload.size())));
        }
        sender.join();
        std::optional<test::ReceivedFrame> frame;
        while ((frame = session.guest.receive(100))) CHECK(frame->type == FrameType::credit);
    }
    SECTION("of a client that does not read what it is told") {
        for (int i = 0; i < 1000; ++i)
            frames +=
                encode_empty(9, FrameType::stop) + encode_attach(static_cast<std::uint16_t>(i + 1), {.kept = true});
        try {
            for (int i = 0; i < 500; ++i) client.send(frames);  // is let go at the first number in use
            FAIL("nobody minds");
        } catch (const Error&) {
        }
    }
    session.check_alive();
}

TEST_CASE("a client for whom there is no descriptor comes in when there is one, and costs nothing until then") {
    Session session;
    session.started();
    Peer others = session.connect();
    const base::Fd directory(::open(session.directory().c_str(), O_PATH | O_CLOEXEC));
    std::optional<Peer> waiting;
    std::optional<test::ReceivedFrame> came;
    std::optional<test::ReceivedFrame> exec;
    std::chrono::nanoseconds used{};
    {
        const OneDescriptor one;
        waiting.emplace(base::connect_in(directory, "socket"));
        const auto before = processor_time();
        came = waiting->receive(500);
        used = processor_time() - before;
        others.send(encode_exec(1, "exec"));
        exec = session.guest.receive();
    }
    CHECK_FALSE(came);
    CHECK(used < std::chrono::milliseconds(100));
    REQUIRE(exec);
    CHECK(exec->type == FrameType::exec);
    CHECK(waiting->receive()->type == FrameType::hello);
}
