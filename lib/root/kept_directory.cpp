// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root/kept_directory.hpp"

#include "base/file.hpp"
#include "base/socket.hpp"
#include "base/text.hpp"
#include "root/apart.hpp"

#include <sandgraft/error.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>

namespace sandgraft::root {

namespace {

/// Of the keeper; see its main().
constexpr const char* socket_name = "socket";
constexpr const char* ports_name = "ports";

Error not_running(const std::string& name) {
    return {ErrorCode::not_found, "no sandbox named " + base::quote(name) + " is kept running"};
}

}  // namespace

std::string kept_place() {
    if (::geteuid() == 0) return "/run/sandgraft";
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    if (runtime == nullptr || *runtime != '/')
        throw Error(ErrorCode::not_found,
                    "XDG_RUNTIME_DIR names no directory, where kept sandboxes of this user would be");
    return std::string(runtime) + "/sandgraft";
}

KeptDirectory::KeptDirectory(const std::string& program, const std::string& name)
    : KeptDirectory(program, kept_place(), name) {}

KeptDirectory::KeptDirectory(const std::string& program, const std::string& place, const std::string& name)
    : name_(name), path_(place + "/" + name), guard_(program, {place, name}, {}) {}

const std::string& KeptDirectory::path() {
    const int error = guard_.error();
    if (error == EEXIST) throw Error(ErrorCode::exists, "a sandbox named " + base::quote(name_) + " runs already");
    if (error != 0)
        base::throw_errno("cannot create the directory " + base::quote(path_) + " for the sandbox's keeper", error);
    return path_;
}

base::Fd start_keeper(const std::string& program, const std::string& name, KeptDirectory directory, base::Fd channel,
                      base::Fd creation, const std::vector<KeeperPort>& ports) {
    constexpr int as_it_is = -1;
    auto [client, served] = base::make_socket_pair();
    Program keeper{.path = program,
                   .arguments = {name, directory.path()},
                   .descriptors = {served.get(), as_it_is, as_it_is, channel.get(), directory.lease(), creation.get()}};
    for (const auto& port : ports) {
        keeper.arguments.push_back(port.option);
        keeper.descriptors.push_back(port.socket);
    }
    start_apart(keeper);
    return std::move(client);
}

base::Fd connect_to_keeper(const std::string& name) {
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
        throw Error(ErrorCode::invalid, base::quote(name) + " is no name of a sandbox");
    const std::string path = kept_place() + "/" + name;
    const base::Fd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory && errno == ENOENT) throw not_running(name);
    if (!directory) base::throw_errno("cannot open the directory " + base::quote(path));
    base::Fd connection = base::connect_in(directory, socket_name);
    if (!connection && (errno == ENOENT || errno == ECONNREFUSED)) throw not_running(name);
    if (!connection) base::throw_errno("cannot connect to the keeper in " + base::quote(path));
    return connection;
}

std::string ports_told_by_keeper(const std::string& name) {
    try {
        constexpr std::size_t most = 64 * 1024;
        const std::string path = kept_place() + "/" + name + "/" + ports_name;
        return ::access(path.c_str(), F_OK) == 0 ? base::read_file(path, most) : std::string();  // most publish none
    } catch (const Error&) {
        return {};
    }
}

}  // namespace sandgraft::root
