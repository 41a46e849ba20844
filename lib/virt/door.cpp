// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/door.hpp"

#include "base/text.hpp"
#include "virt/module.hpp"

#include <sandgraft/error.hpp>

#include <dlfcn.h>
#include <unistd.h>
#include <string_view>

namespace sandgraft::virt {

namespace {

/// The soversion is in it: the modules of two versions lie side by side, as the libraries do.
constexpr const char* module_name = "/sandgraft-libvirt-" SANDGRAFT_SOVERSION ".so";

/// Of the shared library that this code is in; empty when unknown. In a program that is linked with a static library
/// the name is the word that it was called by, which says nothing about where it lies.
std::string own_directory() {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<const void*>(&own_directory), &info) == 0 || info.dli_fname == nullptr) return {};
    const std::string_view name = info.dli_fname;
    return name.starts_with('/') ? std::string(base::parent_of(name)) : std::string();
}

std::string find_module(const std::string& modules) {
    if (!modules.empty()) return modules + module_name;
    if (const std::string own = own_directory(); !own.empty())
        for (const auto& directory : {own + "/sandgraft", own})
            if (const std::string path = directory + module_name; ::access(path.c_str(), R_OK) == 0) return path;
    return std::string(SANDGRAFT_MODULE_DIRECTORY) + module_name;
}

std::string linker_reason() {
    const char* reason = ::dlerror();
    return reason != nullptr ? base::printable(reason) : "unknown error";
}

template <typename Symbol>
Symbol* find_symbol(void* module, const char* name) {
    return reinterpret_cast<Symbol*>(::dlsym(module, name));
}

/// The module is never unloaded: libvirt keeps state of threads and of the process.
decltype(&sandgraft_open_hypervisor) load(const std::string& path) {
    void* module = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    if (module == nullptr)
        throw Error(ErrorCode::not_found, "cannot load the module that connects to libvirt: " + linker_reason());
    const auto* version = find_symbol<const char>(module, "sandgraft_module_version");
    auto* open = find_symbol<decltype(sandgraft_open_hypervisor)>(module, "sandgraft_open_hypervisor");
    ::dlclose(module);
    if (version == nullptr || open == nullptr || std::string_view(version) != SANDGRAFT_VERSION)
        throw Error(ErrorCode::unsupported, "the module " + base::quote(path) +
                                                " does not belong to this version of Sandgraft, " SANDGRAFT_VERSION);
    return open;
}

}  // namespace

std::shared_ptr<const Hypervisor> open_hypervisor(const std::string& uri, const std::string& modules) {
    return std::shared_ptr<const Hypervisor>(load(find_module(modules))(uri.c_str()));
}

}  // namespace sandgraft::virt
