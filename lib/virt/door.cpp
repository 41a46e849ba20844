// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/door.hpp"

#include "base/text.hpp"
#include "virt/module.hpp"

#include <sandgraft/error.hpp>

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

namespace sandgraft::virt {

namespace {

/// The soversion is in it: the modules of two versions lie side by side, as the libraries do.
constexpr const char* module_name = "/sandgraft-libvirt-" SANDGRAFT_SOVERSION ".so";

/// Where the shared library that this code is in lies: as it was loaded, then with links followed. None where that is
/// not known. A program that is linked with a static library is known by the word that it was called by, which its
/// caller chooses: it says nothing about where it lies, and the caller may have fewer rights.
std::vector<std::string> own_directories() {
    Dl_info info{};
    void* self = nullptr;
    if (::dladdr1(reinterpret_cast<const void*>(&own_directories), &info, &self, RTLD_DL_LINKMAP) == 0) return {};
    const std::string name = static_cast<const link_map*>(self)->l_name;
    if (!name.starts_with('/')) return {};
    std::error_code unknown;
    const std::string place = std::filesystem::canonical(name, unknown);
    std::vector<std::string> directories{std::string(base::parent_of(name))};
    if (!unknown) directories.emplace_back(base::parent_of(place));
    return directories;
}

bool is_readable(const std::string& path) { return ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0; }

std::string find_module(const std::string& modules) {
    if (!modules.empty()) return modules + module_name;
    for (const auto& own : own_directories())
        for (const auto& directory : {own + "/sandgraft", own})
            if (const std::string path = directory + module_name; is_readable(path)) return path;
    return std::string(SANDGRAFT_MODULE_DIRECTORY) + module_name;
}

std::string linker_reason() {
    const char* reason = ::dlerror();
    return reason != nullptr ? base::printable(reason) : "unknown error";
}

struct Unload {
    void operator()(void* module) const { ::dlclose(module); }
};
using Module = std::unique_ptr<void, Unload>;

template <typename Symbol>
Symbol* find_symbol(const Module& module, const char* name) {
    return reinterpret_cast<Symbol*>(::dlsym(module.get(), name));
}

/// A program that is linked with -static has a C++ library of its own, and the module brings another: they do not meet.
void check_program() {
    const auto is_dynamic = [](dl_phdr_info* program, std::size_t, void*) {
        const std::span headers(program->dlpi_phdr, program->dlpi_phnum);
        const bool found =
            std::any_of(headers.begin(), headers.end(), [](const auto& header) { return header.p_type == PT_INTERP; });
        return found ? 1 : -1;  // the program comes first, and is enough
    };
    if (::dl_iterate_phdr(is_dynamic, nullptr) < 0)
        throw Error(ErrorCode::unsupported,
                    "a program that is linked with -static cannot load the module that connects to libvirt: link the "
                    "static libsandgraft with the shared C and C++ libraries");
}

void check_file(const std::string& path) {
    if (::access(path.c_str(), F_OK) == 0) return;
    const std::string reason = std::strerror(errno);
    throw Error(ErrorCode::not_found,
                "there is no module that connects to libvirt at " + base::quote(path) +
                    " (Sandgraft installs it, and HostOptions::modules can name another directory): " + reason);
}

/// The module is never unloaded: libvirt keeps state of threads and of the process. One of another version is, so that
/// the right one can be put in its place.
decltype(&sandgraft_open_hypervisor) load(const std::string& path) {
    check_program();
    check_file(path);
    Module module(::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL));
    if (!module)
        throw Error(ErrorCode::not_found, "cannot load the module that connects to libvirt, " + base::quote(path) +
                                              ", or a library that it needs: " + linker_reason());
    const auto* version = find_symbol<const char>(module, "sandgraft_module_version");
    auto* open = find_symbol<decltype(sandgraft_open_hypervisor)>(module, "sandgraft_open_hypervisor");
    if (version == nullptr || open == nullptr || std::string_view(version) != SANDGRAFT_VERSION)
        throw Error(ErrorCode::unsupported, "the module " + base::quote(path) +
                                                " does not belong to this version of Sandgraft, " SANDGRAFT_VERSION);
    (void)module.release();
    return open;
}

}  // namespace

std::string module_directory(const std::string& modules) { return std::string(base::parent_of(find_module(modules))); }

std::shared_ptr<const Hypervisor> open_hypervisor(const std::string& uri, const std::string& modules) {
    return std::shared_ptr<const Hypervisor>(load(find_module(modules))(uri.c_str()));
}

}  // namespace sandgraft::virt
