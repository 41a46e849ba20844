// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/door.hpp"

#include "base/fd.hpp"
#include "base/file.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/temp_tree.hpp"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <iostream>

using namespace sandgraft;
namespace fs = std::filesystem;

namespace {

const std::string module_name = fs::path(SANDGRAFT_MODULE).filename();

std::string open_from(const std::string& directory) {
    return test::error_of([&] { (void)virt::open_hypervisor("nonsense:///", directory); });
}

/// What a test case of this program prints when the program is called by another name.
std::string printed_as(const std::string& called, const char* test_case) {
    auto [read, write] = base::make_pipe();
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(write.get(), STDOUT_FILENO);
        ::execl("/proc/self/exe", called.c_str(), test_case, nullptr);
        ::_exit(1);
    }
    write.reset();
    std::string text = base::read_all(read.get(), 1 << 20, "the pipe");
    ::waitpid(child, nullptr, 0);
    return text;
}

/// The error of a copy of the plugin that is loaded by a path.
std::string error_of_plugin(const std::string& path) {
    void* plugin = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    REQUIRE(plugin != nullptr);
    const std::string message = reinterpret_cast<const char* (*)()>(::dlsym(plugin, "open_door"))();
    ::dlclose(plugin);
    return message;
}

}  // namespace

TEST_CASE("a module that is missing, another version's or none is refused until the right one is there") {
    struct {
        const char* module;  ///< null: none
        const char* reason;
    } const rows[] = {
        {nullptr,
         " (Sandgraft installs it, and HostOptions::modules can name another directory): No such file or directory"},
        {SANDGRAFT_OTHER_MODULE, "does not belong to this version of Sandgraft"},
        {SANDGRAFT_NO_MODULE, "does not belong to this version of Sandgraft"},
        {"/etc/os-release", ", or a library that it needs: "},
        {"/etc/os-release", "invalid ELF header"},
    };
    for (const auto& row : rows) {
        INFO(row.reason);
        const test::TempTree tree;
        const std::string place = tree.at("a place");
        fs::create_directory(place);
        if (row.module != nullptr) fs::copy_file(row.module, place + "/" + module_name);
        const std::string refusal = open_from(place);
        INFO(refusal);
        CHECK(refusal.find(place + "/" + module_name) != std::string::npos);
        CHECK(refusal.find(row.reason) != std::string::npos);
        fs::copy_file(SANDGRAFT_MODULE, place + "/new");
        fs::rename(place + "/new", place + "/" + module_name);
        CHECK(open_from(place).find("cannot connect to libvirt at 'nonsense:///'") == 0);
    }
}

TEST_CASE("a shared library has its module beside itself, or beside the file that a link to it leads to") {
    for (const char* place : {"real", "real/sandgraft", "links", "links/sandgraft"}) {
        INFO(place);
        test::TempTree tree;
        fs::create_directory(tree.at("real"));
        fs::copy_file(SANDGRAFT_DOOR_PLUGIN, tree.at("real/plugin.so"));
        tree.link("links/plugin.so", "../real/plugin.so");
        const std::string module = fs::path(place) / module_name;
        tree.file(module, "no module");
        CHECK(error_of_plugin(tree.at("links/plugin.so")).find(tree.at(module)) != std::string::npos);
    }
}

TEST_CASE("the word that a program was called by says nothing about where its module is") {
    test::TempTree tree;
    tree.file(module_name, "no module");
    tree.file("sandgraft/" + module_name, "no module");
    const std::string printed = printed_as(tree.at("program"), "[print]");
    CHECK(printed.find("libvirt") != std::string::npos);
    CHECK(printed.find(tree.path()) == std::string::npos);
}

TEST_CASE("prints why nothing is opened", "[.][print]") { std::cout << open_from({}) << "\n"; }
