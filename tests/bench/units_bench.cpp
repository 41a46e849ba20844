// SPDX-License-Identifier: LGPL-2.1-or-later
// The closure of multi-user.target, files read from disk, beside `systemd --test` and beside merely opening and reading
// the same files and listing the same directories; then synthetic trees of growing size.
#include "bench/pairs.hpp"

#include <sandgraft/unit_set.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

namespace {

namespace fs = std::filesystem;

using namespace sandgraft;
using namespace sandgraft::bench;

constexpr const char* systemd = "/usr/lib/systemd/systemd";
constexpr const char* unit_path = "/etc/systemd/system:/usr/lib/systemd/system";
constexpr const char* goal = "multi-user.target";
constexpr double promised_over_systemd = 20;
constexpr double promised_over_reading = 2;
constexpr double promised_seconds = 1;

/// Keeps results that nobody reads from being optimised away.
std::size_t sink = 0;

UnitSource host_units() {
    return {.root = "/", .unit_path = {"/etc/systemd/system", "/usr/lib/systemd/system"}, .container = false};
}

void compute_closure() { sink += UnitSet(host_units()).closure({goal}).jobs().size(); }

/// vfork(2), so that this process's memory is not marked for copying: that would slow down what is measured next.
void run_systemd() {
    static const std::string unit = std::string("--unit=") + goal;
    static const std::string path = std::string("SYSTEMD_UNIT_PATH=") + unit_path;
    static const char* const arguments[] = {systemd, "--test", "--system", "--no-pager", unit.c_str(), nullptr};
    static const char* const environment[] = {path.c_str(), "SYSTEMD_GENERATOR_PATH=/nonexistent", nullptr};
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const pid_t child = vfork();
    if (child == 0) {
        if (dup2(null, 1) >= 0 && dup2(null, 2) >= 0 && setgroups(0, nullptr) == 0 &&
            setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0)
            execve(systemd, const_cast<char**>(arguments), const_cast<char**>(environment));
        _exit(99);
    }
    close(null);
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) std::fprintf(stderr, "systemd --test failed: status %d\n", status);
}

/// What the closure has to read: the files of every unit that was loaded, and the directories that can hold some.
struct Inputs {
    std::vector<std::string> files, directories;
};

Inputs find_inputs() {
    const UnitSet set(host_units());
    const UnitClosure closure = set.closure({goal});
    std::set<std::string> seen, names;
    std::vector<std::string> pending = closure.units();
    Inputs inputs;
    while (!pending.empty()) {
        const std::string name = pending.back();
        pending.pop_back();
        if (!names.insert(name).second) continue;
        const UnitInfo info = set.info(name);
        if (!info.fragment.empty() && seen.insert(info.fragment).second) inputs.files.push_back(info.fragment);
        for (const std::string& drop_in : info.drop_ins)
            if (seen.insert(drop_in).second) inputs.files.push_back(drop_in);
        for (const UnitDependency& dependency : closure.dependencies(name)) pending.push_back(dependency.unit);
    }
    for (const std::string& directory : host_units().unit_path) {
        inputs.directories.push_back(directory);
        for (const auto& entry : fs::directory_iterator(directory))
            if (entry.is_directory() && !entry.is_symlink()) inputs.directories.push_back(entry.path());
    }
    return inputs;
}

void read_inputs(const Inputs& inputs) {
    static char buffer[1 << 16];
    for (const std::string& path : inputs.files) {
        const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
        for (ssize_t got = 0; (got = read(fd, buffer, sizeof buffer)) > 0;) sink += static_cast<std::size_t>(got);
        close(fd);
    }
    for (const std::string& path : inputs.directories) {
        DIR* directory = opendir(path.c_str());
        while (readdir(directory) != nullptr) ++sink;
        closedir(directory);
    }
}

bool compare_host() {
    const Inputs inputs = find_inputs();
    std::printf("closure of %s, %zu files in %zu directories\n", goal, inputs.files.size(), inputs.directories.size());
    std::vector<Contender> reading{{"sandgraft", compute_closure},
                                   {"reading the same files", [&] { read_inputs(inputs); }}};
    measure(reading, 101, 5);
    print(reading);
    const double over_reading = reading[0].median() / reading[1].median();
    std::printf("%.2f times the reading alone (promised: at most %.0f)\n", over_reading, promised_over_reading);
    bool good = over_reading <= promised_over_reading;
    if (geteuid() != 0 || access(systemd, X_OK) != 0) {
        std::printf("systemd --test is left out: it needs root here, and systemd\n");
        return good;
    }
    std::vector<Contender> whole{{"sandgraft", compute_closure}, {"systemd --test", run_systemd}};
    measure(whole, 21, 1);
    print(whole);
    const double over_systemd = whole[1].median() / whole[0].median();
    std::printf("%.1f times faster (promised: %.0f)\n\n", over_systemd, promised_over_systemd);
    return good && over_systemd >= promised_over_systemd;
}

/// A target that pulls in `count` services, each with requirements, orderings and the default dependencies.
void write_synthetic(const fs::path& directory, int count) {
    for (const char* target : {"sysinit", "basic", "shutdown", "goal"})
        std::ofstream(directory / (std::string(target) + ".target"))
            << "[Unit]\nDescription=" << target << '\n'
            << (std::string(target) == "goal" ? "Wants=s0.service\n" : "DefaultDependencies=no\n");
    for (int i = 0; i < count; ++i)
        std::ofstream(directory / ("s" + std::to_string(i) + ".service"))
            << "[Unit]\nDescription=Service number " << i << "\nRequires=s" << i / 2 << ".service\nAfter=s"
            << (i > 0 ? i - 1 : 0) << ".service\nWants=s" << 2 * i + 1 << ".service s" << 2 * i + 2
            << ".service\n\n[Service]\nExecStart=/usr/bin/true " << i << '\n';
}

struct Cost {
    double seconds = 0;  ///< of processor time, so that what else the machine does is left out
    double mebibytes = 0;
    std::size_t jobs = 0;
};

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

double peak_mebibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Runs in a process of its own, so that the peak of memory is that of one closure.
Cost close_synthetic(const fs::path& directory) {
    int ends[2];
    if (pipe(ends) != 0) return {};
    const pid_t child = fork();
    if (child == 0) {
        const double before = peak_mebibytes();
        const double start = processor_seconds();
        Cost cost;
        const UnitSet set({.root = "/", .unit_path = {directory.string()}});
        cost.jobs = set.closure({"goal.target"}).jobs().size();
        cost.seconds = processor_seconds() - start;
        cost.mebibytes = peak_mebibytes() - before;
        _exit(write(ends[1], &cost, sizeof cost) == sizeof cost ? 0 : 1);
    }
    close(ends[1]);
    Cost cost;
    if (read(ends[0], &cost, sizeof cost) != sizeof cost) cost = {};
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return cost;
}

bool compare_synthetic() {
    bool good = true;
    for (const int count : {1000, 10000, 100000}) {
        std::string place = (fs::temp_directory_path() / "sandgraft-units-XXXXXX").string();
        if (mkdtemp(place.data()) == nullptr) return false;
        write_synthetic(place, count);
        Cost best = close_synthetic(place);
        for (int i = 0; i < 4; ++i)
            if (const Cost cost = close_synthetic(place); cost.seconds < best.seconds) best = cost;
        fs::remove_all(place);
        std::printf("%7d units: %7.1f ms, %6.2f us a unit, %6.1f MiB, %5.0f bytes a unit, %zu jobs\n", count,
                    best.seconds * 1e3, best.seconds * 1e6 / count, best.mebibytes, best.mebibytes * (1 << 20) / count,
                    best.jobs);
        good = good && best.jobs >= static_cast<std::size_t>(count) && best.seconds < promised_seconds;
    }
    return good;
}

}  // namespace

int main() {
    const bool host = compare_host();
    const bool synthetic = compare_synthetic();
    return host && synthetic && sink != 0 ? 0 : 1;
}
