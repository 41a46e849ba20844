// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a fuzz target on every file beneath the given directories, without libFuzzer, and checks that none takes
// more than 2 s and that all together take no more than 256 MiB.
#include "base/file.hpp"

#include <sys/resource.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

#ifdef SANDGRAFT_SANITIZED
constexpr std::chrono::seconds longest{20};
constexpr long most_kib = 4L * 1024 * 1024;
#else
constexpr std::chrono::seconds longest{2};
constexpr long most_kib = 256L * 1024;
#endif

constexpr std::size_t largest_input = 16 * 1024 * 1024;

bool run(const std::filesystem::path& file) {
    const std::string input = sandgraft::base::read_file(file.string(), largest_input);
    const auto start = std::chrono::steady_clock::now();
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    const bool in_time = std::chrono::steady_clock::now() - start <= longest;
    if (!in_time) std::printf("%s takes too long\n", file.c_str());
    return in_time;
}

long peak_kib() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

}  // namespace

int main(int argc, char** argv) {
    int inputs = 0;
    int failures = 0;
    for (int i = 1; i < argc; ++i)
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
            if (!entry.is_regular_file()) continue;
            ++inputs;
            if (!run(entry.path())) ++failures;
        }
    std::printf("%d inputs, peak memory %ld KiB\n", inputs, peak_kib());
    return inputs == 0 || failures != 0 || peak_kib() > most_kib ? 1 : 0;
}
