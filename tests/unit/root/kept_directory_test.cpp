// SPDX-License-Identifier: LGPL-2.1-or-later
// To be run as root in a mount namespace of its own: the directories are in /run.
#include "root/kept_directory.hpp"

#include "base/file.hpp"
#include "base/socket.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/traces.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

using namespace sandgraft;
using root::KeptDirectory;
using test::error_of;
using test::eventually;

namespace {

namespace fs = std::filesystem;

const std::string guard = SANDGRAFT_GUARD;

mode_t mode_of(const std::string& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 ? st.st_mode & 07777 : 0;
}

/// The process that guards a name; 0 when there is none.
pid_t guard_of(const std::string& name) {
    const std::string arguments = guard + '\0' + "/run/sandgraft" + '\0' + name + '\0';
    for (const auto& entry : fs::directory_iterator("/proc")) {
        std::ifstream in(entry.path() / "cmdline");
        std::string line;
        std::getline(in, line);
        if (line == arguments) return std::stoi(entry.path().filename());
    }
    return 0;
}

/// An empty /run as long as it lives. The guards of another one have gone before.
class PrivateRun {
public:
    PrivateRun() {
        REQUIRE(eventually([] { return guard_of("web") == 0; }));
        REQUIRE(::mount("test", "/run", "tmpfs", 0, "mode=755") == 0);
    }
    ~PrivateRun() { ::umount2("/run", MNT_DETACH); }
    PrivateRun(const PrivateRun&) = delete;
    PrivateRun& operator=(const PrivateRun&) = delete;
};

base::Fd open_directory(const std::string& path) {
    return base::checked(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
}

std::string refusal(const std::string& name) {
    return error_of([&] { (void)KeptDirectory(guard, name).path(); });
}

}  // namespace

TEST_CASE("a kept sandbox's directory is its owner's alone, and goes with its last user and all that is in it") {
    const PrivateRun run;
    const mode_t before = ::umask(0777);
    std::optional<KeptDirectory> directory(std::in_place, guard, "web");
    CHECK(directory->path() == "/run/sandgraft/web");
    ::umask(before);
    CHECK(mode_of("/run/sandgraft") == 0711);
    CHECK(mode_of("/run/sandgraft/web") == 0700);
    const auto listening = base::listen_in(open_directory(directory->path()), "socket");
    CHECK(fs::exists("/run/sandgraft/web/socket"));
    directory.reset();
    CHECK(eventually([] { return !fs::exists("/run/sandgraft/web"); }));
    CHECK(eventually([] { return guard_of("web") == 0; }));
}

TEST_CASE("a name has one directory at a time, and other names are free") {
    const PrivateRun run;
    std::optional<KeptDirectory> first(std::in_place, guard, "web");
    (void)first->path();
    CHECK(refusal("web") == "a sandbox named 'web' runs already");  // though nobody listens yet
    auto listening = base::listen_in(open_directory(first->path()), "socket");
    CHECK(refusal("web") == "a sandbox named 'web' runs already");
    CHECK(refusal("database") == "no error");
    first.reset();  // before it stops listening, as one that is killed may
    listening.reset();
    CHECK(refusal("web") == "no error");  // also while the first guard is at work
    try {
        KeptDirectory second(guard, "web");
        (void)second.path();
        (void)KeptDirectory(guard, "web").path();
        FAIL("there are two");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::exists);
    }
}

TEST_CASE("what a killed guard left is taken over, unless somebody still uses it") {
    const PrivateRun run;
    KeptDirectory first(guard, "web");
    (void)first.path();
    auto listening = base::listen_in(open_directory(first.path()), "socket");
    const auto keepers = open_directory(first.path());
    REQUIRE(::flock(keepers.get(), LOCK_SH | LOCK_NB) == 0);
    ::kill(guard_of("web"), SIGKILL);
    CHECK(eventually([] { return guard_of("web") == 0; }));
    CHECK(refusal("web") == "a sandbox named 'web' runs already");
    listening.reset();
    REQUIRE(::flock(keepers.get(), LOCK_UN) == 0);
    std::optional<KeptDirectory> second(std::in_place, guard, "web");
    CHECK(second->path() == "/run/sandgraft/web");
    CHECK_FALSE(fs::exists("/run/sandgraft/web/socket"));
    second.reset();
    CHECK(eventually([] { return !fs::exists("/run/sandgraft/web"); }));
}

TEST_CASE("of many that want a stale directory at once, one gets it") {
    const PrivateRun run;
    for (int round = 0; round < 5; ++round) {
        fs::create_directories("/run/sandgraft/web");
        fs::permissions("/run/sandgraft", fs::perms(0711));
        std::atomic<int> owners = 0;
        std::vector<std::optional<KeptDirectory>> directories(8);
        std::vector<std::thread> threads;
        for (auto& directory : directories)
            threads.emplace_back([&] {
                directory.emplace(guard, "web");
                if (error_of([&] { (void)directory->path(); }) == "no error") ++owners;
            });
        for (auto& thread : threads) thread.join();
        CHECK(owners == 1);
        directories.clear();
        CHECK(eventually([] { return !fs::exists("/run/sandgraft/web"); }));
    }
}

TEST_CASE("a place that somebody else could have made, or could change, is not used") {
    struct {
        const char* what;
        void (*make)();
    } const rows[] = {
        {"another's", [] { (void)!::chown("/run/sandgraft", 65534, 65534); }},
        {"writable by a group", [] { (void)!::chmod("/run/sandgraft", 0770); }},
        {"writable by all", [] { (void)!::chmod("/run/sandgraft", 01777); }},
    };
    for (const auto& row : rows) {
        const PrivateRun run;
        REQUIRE(fs::create_directory("/run/sandgraft"));
        row.make();
        INFO(row.what);
        CHECK(refusal("web") ==
              "cannot create the directory '/run/sandgraft/web' for the sandbox's keeper: Operation not permitted");
    }
    const PrivateRun run;
    fs::create_symlink("/tmp", "/run/sandgraft");
    CHECK(refusal("web") ==
          "cannot create the directory '/run/sandgraft/web' for the sandbox's keeper: Not a directory");
}

TEST_CASE("a keeper is found by the name of its sandbox, however long") {
    const PrivateRun run;
    const std::string name(200, 'n');
    KeptDirectory directory(guard, name);
    CHECK(error_of([&] { root::connect_to_keeper(name); }) ==
          "no sandbox named '" + std::string(directory.path().empty() ? "" : name) + "' is kept running");
    const auto listening = base::listen_in(open_directory(directory.path()), "socket");
    const auto connection = root::connect_to_keeper(name);
    const auto accepted = base::checked(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept");
    base::write_all(accepted.get(), "hello", "socket");
    char word[5];
    CHECK(::read(connection.get(), word, sizeof word) == 5);
    for (const auto* none : {"", ".", "..", "../run", "a/b"})
        CHECK(error_of([&] { root::connect_to_keeper(none); }) ==
              "'" + std::string(none) + "' is no name of a sandbox");
    CHECK(error_of([] { root::connect_to_keeper("web"); }) == "no sandbox named 'web' is kept running");
}
