// SPDX-License-Identifier: LGPL-2.1-or-later
// A program that loads the library, uses it and unloads it again, over and over: nothing of it may go on running.
//
// usage: test-unload PLUGIN
#include <dlfcn.h>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

namespace {

constexpr int rounds = 20;

long threads() {
    long count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}

/// The connection is closed behind the caller's back, by the module for libvirt, which stays.
bool are_soon(long count) {
    for (int tries = 0; tries < 1000 && threads() != count; ++tries)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return threads() == count;
}

/// Runs a sandbox through a plugin that is linked with the library.
int use(const char* plugin) {
    void* handle = ::dlopen(plugin, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        std::printf("%s\n", ::dlerror());
        return -1;
    }
    auto* run = reinterpret_cast<int (*)()>(::dlsym(handle, "run_sandbox"));
    const int status = run != nullptr ? run() : -1;
    ::dlclose(handle);
    return status;
}

bool is_loaded(const char* library) {
    void* handle = ::dlopen(library, RTLD_NOW | RTLD_NOLOAD);
    if (handle != nullptr) ::dlclose(handle);
    return handle != nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const long before = threads();
    for (int round = 0; round < rounds; ++round) {
        const int status = use(argv[1]);
        const bool unloaded = !is_loaded(argv[1]);
        if (status == 5 && unloaded && are_soon(before)) continue;
        std::printf("round %d: status %d, %s, %ld threads instead of %ld\n", round, status,
                    unloaded ? "unloaded" : "still loaded", threads(), before);
        return 1;
    }
    std::printf("%d rounds, %ld threads as before\n", rounds, before);
    return 0;
}
