// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/oracle.hpp"

#include "base/fd.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace sandgraft::test {

namespace {

constexpr const char* systemd = "/usr/lib/systemd/systemd";
constexpr std::size_t output_limit = 512U << 20;
constexpr uid_t nobody = 65534;

void check(int result, const std::string& what) {
    if (result != 0) base::throw_errno(what);
}

void mount_at(const char* type, const std::string& target) {
    std::filesystem::create_directories(target);
    check(mount(type, target.c_str(), type, 0, nullptr), "mount " + target);
}

[[noreturn]] void become_systemd(const std::string& root, const std::string& unit_path, const std::string& goal,
                                 int output, int messages) {
    const std::string path = "SYSTEMD_UNIT_PATH=" + unit_path;
    const std::string unit = "--unit=" + goal;
    const char* const argv[] = {systemd, "--test", "--system", "--no-pager", unit.c_str(), nullptr};
    const char* const env[] = {path.c_str(),
                               "SYSTEMD_GENERATOR_PATH=/nonexistent",
                               "SYSTEMD_LOG_LEVEL=info",
                               "SYSTEMD_LOG_TARGET=console",
                               "HOME=/nonexistent",
                               nullptr};
    if (dup2(output, 1) < 0 || dup2(messages, 2) < 0 || chroot(root.c_str()) != 0 || chdir("/") != 0 ||
        setgroups(0, nullptr) != 0 || setresgid(nobody, nobody, nobody) != 0 || setresuid(nobody, nobody, nobody) != 0)
        _exit(99);
    execve(systemd, const_cast<char* const*>(argv), const_cast<char* const*>(env));
    _exit(99);
}

base::Fd temporary_file() { return base::checked(memfd_create("oracle", MFD_CLOEXEC), "memfd_create"); }

std::string rewound(const base::Fd& file) {
    lseek(file.get(), 0, SEEK_SET);
    return base::read_all(file.get(), output_limit, "the oracle's output");
}

}  // namespace

bool Oracle::is_missing() {
    const bool root = geteuid() == 0;
    if (root && access(systemd, X_OK) == 0) return false;
    std::printf("skipped: %s\n", root ? "systemd is not installed" : "needs root, for a mount namespace");
    return true;
}

Oracle::Oracle() {
    check(unshare(CLONE_NEWNS), "unshare");
    check(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
    mount_at("tmpfs", "/mnt");
    check(chmod("/mnt", 0755), "chmod /mnt");
    std::filesystem::create_directory(root_);
    // Not recursive: what is mounted below stays out.
    check(mount("/", root_.c_str(), nullptr, MS_BIND, nullptr), "bind /");
    mount_at("proc", root_ + "/proc");
    for (const char* directory : {"/sys", "/dev", "/run"}) mount_at("tmpfs", root_ + directory);
    std::filesystem::create_directories(root_ + "/sys/fs/cgroup");
    check(mount("/sys/fs/cgroup", (root_ + "/sys/fs/cgroup").c_str(), nullptr, MS_BIND | MS_REC, nullptr),
          "bind /sys/fs/cgroup");
    check(mknod((root_ + "/dev/null").c_str(), S_IFCHR | 0666, makedev(1, 3)), "mknod null");
    check(chmod((root_ + "/dev/null").c_str(), 0666), "chmod null");
}

OracleAnswer Oracle::ask(const std::string& unit_path, const std::string& goal) const {
    const base::Fd output = temporary_file();
    const base::Fd messages = temporary_file();
    const pid_t child = fork();
    if (child < 0) base::throw_errno("fork");
    if (child == 0) become_systemd(root_, unit_path, goal, output.get(), messages.get());
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    OracleAnswer answer = parse_oracle(rewound(output));
    answer.messages = rewound(messages);
    answer.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return answer;
}

std::vector<OracleAnswer> Oracle::ask_all(const std::string& unit_path, const std::vector<std::string>& goals) const {
    std::vector<OracleAnswer> answers(goals.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < goals.size(); i = next++) answers[i] = ask(unit_path, goals[i]);
    };
    std::vector<std::thread> workers;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) workers.emplace_back(work);
    work();
    for (std::thread& worker : workers) worker.join();
    return answers;
}

}  // namespace sandgraft::test
