// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sandgraft::test {

/// A directory that vanishes with the object, and what is put into it.
class TempTree {
public:
    TempTree() {
        std::string name = std::filesystem::temp_directory_path() / "sandgraft-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
        path_ = name;
    }
    ~TempTree() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempTree(const TempTree&) = delete;
    TempTree& operator=(const TempTree&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string at(std::string_view name) const { return path_ + "/" + std::string(name); }

    void file(std::string_view name, std::string_view text) { std::ofstream(parent(name), std::ios::binary) << text; }
    void link(std::string_view name, std::string_view target) { std::filesystem::create_symlink(target, parent(name)); }
    void directory(std::string_view name) { std::filesystem::create_directories(at(name)); }
    void fifo(std::string_view name) {
        if (::mkfifo(parent(name).c_str(), 0600) != 0) throw std::runtime_error("cannot make a fifo");
    }
    [[nodiscard]] std::string read(std::string_view name) const {
        std::ifstream in(at(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

private:
    std::string parent(std::string_view name) const {
        const auto full = at(name);
        std::filesystem::create_directories(std::filesystem::path(full).parent_path());
        return full;
    }

    std::string path_;
};

}  // namespace sandgraft::test
