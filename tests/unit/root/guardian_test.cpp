// SPDX-License-Identifier: LGPL-2.1-or-later
// To be run as root: the directories are in /run.
#include "root/guardian.hpp"

#include "base/file.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/temp_tree.hpp"
#include "support/traces.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>

using namespace sandgraft;
using root::Guardian;
using test::error_of;
using test::eventually;
using test::no_trace_since;
using test::traces;

namespace {

namespace fs = std::filesystem;

const std::string program = SANDGRAFT_GUARD;

std::string first_line(const fs::path& path) {
    std::ifstream in(path);
    std::string line;
    std::getline(in, line);
    return line;
}

/// The /proc directory of the guard of a directory; empty when there is none.
fs::path guard_of(const std::string& directory) {
    const std::string arguments = program + '\0' + directory + '\0';
    for (const auto& entry : fs::directory_iterator("/proc"))
        if (first_line(entry.path() / "cmdline") == arguments) return entry.path();
    return {};
}

/// Runs it in a new process, which is then killed by SIGKILL unless it fails.
template <class Action>
bool succeeds_in_a_process_that_is_killed(Action&& action) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        if (action()) ::raise(SIGKILL);
        ::_exit(1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status);
}

volatile std::sig_atomic_t ended_children = 0;

}  // namespace

TEST_CASE("a directory is made for its owner alone, and goes with the guardian, as does the guard") {
    std::string directory;
    {
        Guardian guardian(program);
        directory = guardian.directory();
        struct stat st {};
        REQUIRE(::stat(directory.c_str(), &st) == 0);
        CHECK(S_ISDIR(st.st_mode));
        CHECK((st.st_mode & 07777) == 0700);
        CHECK_FALSE(guard_of(directory).empty());
    }
    CHECK(eventually([&] { return !fs::exists(directory); }));
    CHECK(eventually([&] { return guard_of(directory).empty(); }));
}

TEST_CASE("a guardian may go before its directory was asked for") {
    const auto before = traces();
    { const Guardian guardian(program); }
    CHECK(no_trace_since(before));
}

TEST_CASE("the directory of a killed process is taken away, asked for or not") {
    const auto before = traces();
    CHECK(succeeds_in_a_process_that_is_killed([] {
        auto* guardian = new Guardian(program);
        return fs::is_directory(guardian->directory());
    }));
    CHECK(succeeds_in_a_process_that_is_killed([] { return new Guardian(program) != nullptr; }));
    CHECK(no_trace_since(before));
}

TEST_CASE("the directory stays as long as anybody holds the lease, whatever has become of the program") {
    const auto before = traces();
    auto [told, tell] = base::make_pipe();
    auto [until, go_on] = base::make_pipe();
    CHECK(succeeds_in_a_process_that_is_killed([&, &tell = tell, &until = until, &go_on = go_on] {
        Guardian guardian(program);
        const std::string directory = guardian.directory();
        if (::mount("test", directory.c_str(), "tmpfs", 0, nullptr) < 0) return false;
        base::write_all(tell.get(), directory, "pipe");
        tell.reset();
        if (::fork() != 0) ::raise(SIGKILL);
        go_on.reset();
        base::read_all(until.get(), 0, "pipe");
        ::_exit(0);
    }));
    tell.reset();
    const std::string directory = base::read_all(told.get(), 256, "pipe");
    ::usleep(100000);
    CHECK_FALSE(guard_of(directory).empty());
    CHECK(fs::create_directories(directory + "/view/.oldroot"));  // as libvirt does when it is just starting
    go_on.reset();
    CHECK(no_trace_since(before));
}

TEST_CASE("a guard keeps nothing of its program: no descriptor, no directory, no environment, no terminal") {
    const int inherited = ::open("/dev/null", O_RDONLY);  // NOLINT: without O_CLOEXEC
    Guardian guardian(program);
    const auto guard = guard_of(guardian.directory());
    REQUIRE_FALSE(guard.empty());
    std::vector<std::string> descriptors;
    for (const auto& entry : fs::directory_iterator(guard / "fd")) descriptors.push_back(entry.path().filename());
    ::close(inherited);
    std::sort(descriptors.begin(), descriptors.end());
    CHECK(descriptors == std::vector<std::string>{"0", "1"});
    CHECK(fs::read_symlink(guard / "cwd") == "/");
    CHECK(first_line(guard / "environ").empty());
    const pid_t process = std::stoi(guard.filename());
    CHECK(::getsid(process) == process);
    ::kill(process, SIGTERM);
    ::usleep(50000);
    CHECK(guard_of(guardian.directory()) == guard);
}

TEST_CASE("descriptor 0 may be free") {
    CHECK(succeeds_in_a_process_that_is_killed([] {
        ::close(0);
        Guardian guardian(program);
        const bool made = fs::is_directory(guardian.directory());
        return made && !guard_of(guardian.directory()).empty();
    }));
    CHECK(succeeds_in_a_process_that_is_killed([] {
        ::close(0);
        ::close(1);
        Guardian guardian(program);
        return fs::is_directory(guardian.directory());
    }));
}

TEST_CASE("the program sees no child and no signal, and its own signal mask again") {
    ended_children = 0;
    struct sigaction count {};
    struct sigaction before {};
    count.sa_handler = [](int) { ended_children = ended_children + 1; };
    ::sigaction(SIGCHLD, &count, &before);
    sigset_t mask;
    std::string killed;
    {
        Guardian guardian(program);
        const std::string directory = guardian.directory();
        errno = 0;
        CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
        CHECK(errno == ECHILD);
        ::kill(std::stoi(guard_of(directory).filename()), SIGKILL);
        CHECK(eventually([&] { return guard_of(directory).empty(); }));
        killed = directory;
    }
    CHECK_FALSE(fs::exists(killed));  // then the program removes it itself
    { const Guardian guardian(program); }
    ::usleep(50000);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    CHECK(ended_children == 0);
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    CHECK(::sigismember(&mask, SIGTERM) == 0);
    ::sigaction(SIGCHLD, &before, nullptr);
}

TEST_CASE("a guard that cannot be executed is a broken installation, not a missing right") {
    test::TempTree tree;
    tree.file("plain", "");
    tree.file("empty", "");
    REQUIRE(::chmod(tree.at("empty").c_str(), 0755) == 0);
    tree.directory("directory");
    struct {
        std::string path;
        std::string reason;
    } const rows[] = {
        {tree.at("missing"), "No such file or directory"}, {tree.at("plain/below"), "Not a directory"},
        {tree.at("plain"), "Permission denied"},           {tree.at("directory"), "Permission denied"},
        {tree.at("empty"), "Exec format error"},
    };
    const auto before = traces();
    for (const auto& row : rows) {
        const auto start = [&] { const Guardian guardian(row.path); };
        CHECK(error_of(start) ==
              "cannot execute '" + row.path + "', which belongs beside sandgraft-init: " + row.reason);
        try {
            start();
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::not_found);
        }
    }
    CHECK(no_trace_since(before));
    CHECK(::waitpid(-1, nullptr, WNOHANG | static_cast<int>(__WALL)) == -1);
}
