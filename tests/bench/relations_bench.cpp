// SPDX-License-Identifier: LGPL-2.1-or-later
// Closures in which every unit is related to others by one directive, in several shapes, at growing size: no step may
// cost more than n log n. The trees are in memory, so that only what the library itself does is measured.
#include "units/graph/graph_builder.hpp"
#include "units/jobs/transaction.hpp"
#include "units/load/loader.hpp"

#include <sandgraft/error.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace sandgraft::units;

constexpr std::array<int, 3> sizes{1'000, 10'000, 100'000};
constexpr double allowance = 2;      ///< for caches that are too small and for the machine's other load
constexpr double least_time = 0.01;  ///< below it the clock says nothing

/// Text of unit number i of n.
using Text = std::function<std::string(int i, int n)>;

struct Case {
    std::string name, suffix;
    Text text;
    std::function<std::string(int n)> goal = [](int) { return std::string(); };  ///< what it has besides Wants=
};

std::string unit(int i, std::string_view suffix = ".service") {
    return std::string("s").append(std::to_string(i)).append(suffix);
}

std::string service(const std::string& settings, const std::string& own = {}) {
    return "[Unit]\nDefaultDependencies=no\n" + settings + "\n[Service]\nExecStart=/bin/true\n" + own;
}

constexpr std::array relations{"Requires",
                               "Requisite",
                               "Wants",
                               "BindsTo",
                               "Upholds",
                               "PartOf",
                               "Conflicts",
                               "Before",
                               "After",
                               "OnSuccess",
                               "OnFailure",
                               "PropagatesReloadTo",
                               "ReloadPropagatedFrom",
                               "PropagatesStopTo",
                               "StopPropagatedFrom",
                               "JoinsNamespaceOf"};

/// Every unit refers to the next one, every one to the first, and the first one to all in one line, or in a line each.
void add_relation(const std::string& key, std::vector<Case>& cases) {
    cases.push_back({key + " in a chain", ".service",
                     [key](int i, int n) { return service(i + 1 < n ? key + "=" + unit(i + 1) : ""); }});
    cases.push_back(
        {key + " to one", ".service", [key](int i, int) { return service(i > 0 ? key + "=s0.service" : ""); }});
    const auto to_all = [key](const std::string& between) {
        return [key, between](int i, int n) {
            std::string all;
            for (int other = 1; i == 0 && other < n; ++other) all += (other > 1 ? between : key + "=") + unit(other);
            return service(all);
        };
    };
    cases.push_back({key + " to all", ".service", to_all(" ")});
    cases.push_back({key + " to all, line by line", ".service", to_all("\n" + key + "=")});
}

void add_others(std::vector<Case>& cases) {
    for (const std::string key : {"OnFailure", "OnSuccess"})
        cases.push_back({key + "JobMode=isolate", ".service", [key](int i, int n) {
                             return service(key + "=" + unit((i + 1) % n) + "\n" + key + "JobMode=isolate");
                         }});
    cases.push_back(
        {"default dependencies", ".service", [](int, int) { return std::string("[Service]\nExecStart=/bin/true\n"); }});
    cases.push_back({"RequiresMountsFor", ".service",
                     [](int i, int) { return service("RequiresMountsFor=/srv/" + std::to_string(i) + "/a"); }});
    cases.push_back({"RequiresMountsFor of all by one", ".service", [](int i, int n) {
                         std::string all;
                         for (int path = 0; i == 0 && path < n; ++path) all += " /srv/" + std::to_string(path);
                         return service(i == 0 ? "RequiresMountsFor=" + all : "");
                     }});
    cases.push_back({"ExecStart of all by one", ".service", [](int i, int n) {
                         std::string all;
                         for (int line = 0; i == 0 && line < n; ++line) all += "ExecStart=/bin/true \"a b\"\n";
                         return service("", "Type=oneshot\n" + all);
                     }});
    cases.push_back(
        {"Slice", ".service", [](int i, int) { return service("", "Slice=a" + std::to_string(i) + "-b.slice"); }});
    cases.push_back({"Sockets", ".service", [](int i, int) { return service("", "Sockets=" + unit(i, ".socket")); }});
    cases.push_back({"BusName", ".service",
                     [](int i, int) { return service("", "Type=dbus\nBusName=org.s" + std::to_string(i)); }});
    cases.push_back(
        {"StateDirectory", ".service", [](int i, int) { return service("", "StateDirectory=" + std::to_string(i)); }});
    cases.push_back({"timers", ".timer", [](int, int) { return std::string("[Timer]\nOnBootSec=1\n"); }});
    cases.push_back(
        {"paths", ".path", [](int i, int) { return "[Path]\nPathExists=/srv/" + std::to_string(i) + "\n"; }});
    cases.push_back(
        {"sockets", ".socket", [](int i, int) { return "[Socket]\nListenStream=/srv/" + std::to_string(i) + "\n"; }});
    cases.push_back(
        {"targets", ".target", [](int i, int n) { return "[Unit]\nWants=" + unit((i + 1) % n, ".target") + "\n"; }});
    cases.push_back({"cycles of two", ".service", [](int i, int) { return service("After=" + unit(i ^ 1)); }});
    cases.push_back(
        {"one cycle of all", ".service", [](int i, int n) { return service("After=" + unit((i + 1) % n)); }});
    cases.push_back({"cycles through all", ".service", [](int i, int n) {
                         return service((i > 0 ? "After=" + unit(i - 1) : "") +
                                        (i > n / 2 ? "\nBefore=s0.service" : ""));
                     }});
    // The first half is required, each after the one before it; the others come after its end and before its start.
    cases.push_back({"cycles past what is required", ".service",
                     [](int i, int n) {
                         if (i == 0) return service("");
                         if (i < n / 2) return service("Requires=" + unit(i - 1) + "\nAfter=" + unit(i - 1));
                         return service("After=" + unit(n / 2 - 1) + "\nBefore=" + unit(0));
                     },
                     [](int n) { return "Requires=" + unit(n / 2 - 1) + "\n"; }});
}

Overlay tree_of(const Case& described, int count) {
    Overlay overlay;
    std::string goal = "[Unit]\nDefaultDependencies=no\n" + described.goal(count);
    for (int i = 0; i < count; ++i) {
        overlay.units[unit(i, described.suffix)] = {false, described.text(i, count)};
        goal += "Wants=" + unit(i, described.suffix) + "\n";
    }
    overlay.units["goal.target"] = {false, goal};
    for (const std::string_view name : {"sysinit", "basic", "shutdown", "sockets", "timers", "paths"})
        overlay.units[std::string(name) + ".target"] = {false, "[Unit]\nDefaultDependencies=no\n"};
    return overlay;
}

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/// Processor time for one closure, a refusal included.
double close_once(const Overlay& overlay) {
    const double start = processor_seconds();
    Loader loader({.root = "/", .unit_path = {}, .on_disk = false, .specifiers = SpecifierValues{}});
    loader.set_overlay(overlay);
    try {
        GraphBuilder builder(loader, {.devices = false, .container = true});
        builder.load("goal.target");
        const DependencyGraph graph = std::move(builder).finish();
        const std::array goals{*graph.find("goal.target")};
        (void)plan(graph, goals, boot_mode(graph, goals));
    } catch (const sandgraft::Error&) {
    }
    return processor_seconds() - start;
}

double best_time(const Overlay& overlay) {
    double best = close_once(overlay);
    for (int i = 0; i < 2; ++i) best = std::min(best, close_once(overlay));
    return best;
}

double n_log_n(double n) { return n * std::log2(n); }

/// @return whether it grew as n log n at most.
bool measure(const Case& described, int largest) {
    std::vector<double> seconds;
    bool good = true;
    std::printf("%-44s", described.name.c_str());
    for (std::size_t i = 0; i < sizes.size() && sizes[i] <= largest; ++i) {
        seconds.push_back(best_time(tree_of(described, sizes[i])));
        std::printf(" %9.1f ms", seconds.back() * 1e3);
        if (i == 0) continue;
        const double growth = seconds[i] / std::max(seconds[i - 1], least_time / 10);
        const double limit = n_log_n(sizes[i]) / n_log_n(sizes[i - 1]) * allowance;
        good = good && (seconds[i] < least_time || growth <= limit);
        std::printf(" (x%5.1f)", growth);
    }
    std::printf("%s\n", good ? "" : "  grows too fast");
    std::fflush(stdout);
    return good;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<Case> cases;
    for (const char* const key : relations) add_relation(key, cases);
    add_others(cases);
    const int largest = argc > 1 ? std::stoi(argv[1]) : sizes.back();
    bool good = true;
    std::printf("%-44s %12s %22s %22s\n", "processor time of a closure, units:", "1,000", "10,000", "100,000");
    for (const Case& described : cases)
        if (argc < 3 || described.name.find(argv[2]) != std::string::npos) good = measure(described, largest) && good;
    return good ? 0 : 1;
}
