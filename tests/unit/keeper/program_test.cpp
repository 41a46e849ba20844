// SPDX-License-Identifier: LGPL-2.1-or-later
// The program, as the library starts it. To be run as root in a mount namespace of its own: its directory is in /run.
#include "root/kept_directory.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/peer.hpp"
#include "support/traces.hpp"
#include "wire/config_transfer.hpp"
#include "wire/message.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

using namespace sandgraft;
using test::eventually;
using test::Peer;
using namespace wire;

namespace {

namespace fs = std::filesystem;

/// Libvirt has created the sandbox.
base::Fd created() { return std::move(base::make_pipe()[0]); }

/// The process at the other end of a socket that connected, or was connected, by itself.
pid_t process_of(const std::string& name) {
    for (const auto& entry : fs::directory_iterator("/proc")) {
        std::ifstream in(entry.path() / "cmdline");
        std::string line;
        std::getline(in, line);
        if (line == std::string(SANDGRAFT_KEEPER) + '\0' + name + '\0' + "/run/sandgraft/" + name + '\0')
            return std::stoi(entry.path().filename());
    }
    return 0;
}

/// A kept sandbox, with a guest that the test plays.
class Kept {
public:
    explicit Kept(const std::string& called = "web") : Kept(called, base::make_socket_pair()) {}
    ~Kept() {
        guest.close();
        starter.close();
        CHECK(eventually([this] { return !fs::exists("/run/sandgraft/" + name); }));
    }
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;

    Kept& started() {
        starter.send(encode(Hello{}) + encode_config("config"));
        guest.send(encode(Hello{}));
        REQUIRE(guest.receive());
        REQUIRE(guest.receive());
        guest.send(encode_empty(0, FrameType::configured) + encode_empty(0, FrameType::ready));
        while (starter.receive()->type != FrameType::ready) {
        }
        return *this;
    }

    Peer connect() const {
        Peer client(root::connect_to_keeper(name));
        client.send(encode(Hello{}));
        REQUIRE(client.receive());
        return client;
    }

    [[nodiscard]] pid_t process() const { return process_of(name); }

    std::string name;
    Peer guest;
    Peer starter;

private:
    Kept(const std::string& called, std::array<base::Fd, 2> channel)
        : name(called),
          guest(std::move(channel[1])),
          starter(root::start_keeper(SANDGRAFT_KEEPER, name, root::KeptDirectory(SANDGRAFT_GUARD, name),
                                     std::move(channel[0]), created())) {}
};

class PrivateRun {
public:
    PrivateRun() { REQUIRE(::mount("test", "/run", "tmpfs", 0, "mode=755") == 0); }
    ~PrivateRun() { ::umount2("/run", MNT_DETACH); }
    PrivateRun(const PrivateRun&) = delete;
    PrivateRun& operator=(const PrivateRun&) = delete;
};

/// In KiB, by the kernel's names.
std::map<std::string, long> memory_of(pid_t process) {
    std::ifstream in("/proc/" + std::to_string(process) + "/smaps_rollup");
    std::map<std::string, long> values;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::string name;
        words >> name >> values[name];
    }
    return values;
}

}  // namespace

TEST_CASE("a keeper keeps nothing of its starter, who gets no child") {
    const PrivateRun run;
    const int inherited = ::open("/dev/null", O_RDONLY);  // NOLINT: without O_CLOEXEC
    Kept kept;
    kept.started();
    ::close(inherited);
    const fs::path process = "/proc/" + std::to_string(kept.process());
    std::map<std::string, std::string> descriptors;
    for (const auto& entry : fs::directory_iterator(process / "fd")) {
        const std::string target = fs::read_symlink(entry.path());
        descriptors[entry.path().filename()] = target.substr(0, target.find('['));
    }
    CHECK(descriptors["0"] == "socket:");
    CHECK(descriptors["1"] == "/dev/null");
    CHECK(descriptors["2"] == "/dev/null");
    CHECK(descriptors["3"] == "socket:");
    CHECK(descriptors["4"] == "pipe:");
    std::map<std::string, int> others;
    for (const auto& [number, target] : descriptors)
        if (number.size() > 1 || number > "4") ++others[target];
    CHECK(others == std::map<std::string, int>{{"/run/sandgraft/web", 1}, {"anon_inode:", 3}, {"socket:", 1}});
    CHECK(fs::read_symlink(process / "cwd") == "/");
    CHECK(fs::file_size(process / "environ") == 0);
    CHECK(std::ifstream(process / "environ").get() == EOF);
    CHECK(::getsid(kept.process()) == kept.process());
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    struct stat st {};
    REQUIRE(::stat("/run/sandgraft/web/socket", &st) == 0);
    CHECK((st.st_mode & 07777) == 0600);
}

TEST_CASE("a kept sandbox outlives its starter, and another program finds it by its name") {
    const PrivateRun run;
    Kept kept;
    kept.started();
    kept.starter.close();
    Peer client = kept.connect();
    client.send(encode_exec(1, "exec"));
    CHECK(kept.guest.receive()->type == FrameType::exec);
    CHECK(test::error_of([] { (void)root::KeptDirectory(SANDGRAFT_GUARD, "web").path(); }) ==
          "a sandbox named 'web' runs already");
    kept.guest.send(encode_exited(0, {.value = 9}, newest_version));
    CHECK(client.receive()->type == FrameType::failed);
    CHECK(client.receive()->type == FrameType::exited);
    CHECK_FALSE(client.receive());
    CHECK(eventually([] { return !fs::exists("/run/sandgraft/web"); }));
}

TEST_CASE("a keeper that is killed takes all along") {
    const PrivateRun run;
    Kept kept;
    kept.started();
    Peer client = kept.connect();
    ::kill(kept.process(), SIGKILL);
    CHECK_FALSE(kept.guest.receive());
    CHECK_FALSE(kept.starter.receive());
    CHECK_FALSE(client.receive());
    CHECK(eventually([] { return !fs::exists("/run/sandgraft/web"); }));
    CHECK(eventually([&] { return kept.process() == 0; }));
}

TEST_CASE("a keeper that is asked to end asks the command to; other signals are not for it") {
    const PrivateRun run;
    Kept kept;
    kept.started();
    for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGPIPE, SIGUSR1}) ::kill(kept.process(), number);
    CHECK_FALSE(kept.guest.receive(50));
    ::kill(kept.process(), SIGTERM);
    const auto stop = kept.guest.receive();
    REQUIRE(stop);
    CHECK(stop->type == FrameType::stop);
    kept.guest.send(encode_exited(0, {.how = Exited::How::signal, .value = 15}, newest_version));
    CHECK(kept.starter.receive()->type == FrameType::exited);
    CHECK_FALSE(kept.starter.receive());
}

TEST_CASE("what a keeper could not do is told to its starter") {
    const PrivateRun run;
    Kept first;
    first.started();
    auto [near, far] = base::make_socket_pair();
    root::KeptDirectory directory(SANDGRAFT_GUARD, "taken");
    REQUIRE(fs::create_directory(directory.path() + "/socket"));
    Peer starter(root::start_keeper(SANDGRAFT_KEEPER, "taken", std::move(directory), std::move(near), created()));
    CHECK(starter.receive()->type == FrameType::hello);
    CHECK(starter.receive()->payload == "sandgraft-keeper: cannot listen on a socket 'socket': Address already in use");
    CHECK_FALSE(starter.receive());
    fs::remove("/run/sandgraft/taken/socket");
}

TEST_CASE("a keeper is small, starts at once, and does not grow with what passes through it") {
    const PrivateRun run;
    const auto start = std::chrono::steady_clock::now();
    Kept kept;
    REQUIRE(kept.starter.receive());
    const auto ready = std::chrono::steady_clock::now() - start;
    kept.started();
    auto idle = memory_of(kept.process());
    std::printf("keeper: hello after %.2f ms, idle Rss %ld KiB, of it its own %ld KiB\n",
                std::chrono::duration<double, std::milli>(ready).count(), idle["Rss:"], idle["Private_Dirty:"]);
    CHECK(idle["Private_Dirty:"] < 2048);
    std::vector<Peer> clients;
    for (int i = 0; i < 255; ++i) clients.push_back(kept.connect());
    auto crowded = memory_of(kept.process());
    std::printf("keeper: with 256 clients its own %ld KiB\n", crowded["Private_Dirty:"]);
    CHECK(crowded["Private_Dirty:"] < 8 * 1024);
    clients.clear();
    const std::string piece = encode_data(0, Stream::output, std::string(max_payload, 'x'));
    std::size_t allowed = stream_window;
    for (int i = 0; i < 800; ++i) {
        if (allowed < max_payload)
            allowed += decode_credit(Frame{FrameType::credit, 1, 0, kept.guest.receive()->payload});
        kept.guest.send(piece);
        allowed -= max_payload;
    }
    auto busy = memory_of(kept.process());
    std::printf("keeper: after 100 MiB of output its own %ld KiB\n", busy["Private_Dirty:"]);
    CHECK(busy["Private_Dirty:"] < 8 * 1024);
}
