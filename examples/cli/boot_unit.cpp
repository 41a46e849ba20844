// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot_unit.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/unit_set.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace cli {

namespace {

using sandgraft::Error;
using sandgraft::ErrorCode;

const std::string directory = "/etc/systemd/system";
const std::string wants = directory + "/multi-user.target.wants";

/// Who has taken it out takes care of the unit himself.
constexpr std::string_view mark = "# Made by 'sandgraft create --on-boot'; 'sandgraft rm' removes it.";

[[noreturn]] void fail(const std::string& what, int error) {
    const auto code = error == EEXIST                     ? ErrorCode::exists
                      : error == EACCES || error == EPERM ? ErrorCode::denied
                                                          : ErrorCode::io;
    throw Error(code, what + ": " + std::strerror(error));
}

bool may_stand_in_a_unit_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(":-_.").find(c) != std::string_view::npos;
}

/// As systemd-escape(1) does it, but that a dash, of which names have many, is left: no two names become one.
std::string escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (may_stand_in_a_unit_name(c))
            out += c;
        else
            out.append({'\\', 'x', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

/// A URI with the name of a machine is another one's, whose sandboxes may have the same names.
bool is_here(const std::string& uri) { return uri.empty() || uri.find(":///") != std::string::npos; }

std::vector<std::string> start_words(const std::string& sandbox, const std::string& uri) {
    std::vector<std::string> words = {std::filesystem::read_symlink("/proc/self/exe"), "serve"};
    if (!uri.empty()) words.insert(words.end(), {"-c", uri});
    words.insert(words.end(), {"--", sandbox});
    return words;
}

/// The daemon for containers alone where the host has split libvirt's; wanting the other one would end it.
std::string libvirts_unit() {
    const bool split = std::filesystem::exists(directory + "/sockets.target.wants/virtlxcd.socket");
    return split ? "virtlxcd.socket" : "libvirtd.service";
}

/// Its main process alone is told to end; what the keeper and the sandbox have left when it has is killed.
std::string text_of(const sandgraft::ServiceSpec& service) {
    return std::string(mark) + "\n" + to_unit_file(service) +
           "NotifyAccess=main\n"
           "ExecReload=/bin/kill -HUP $MAINPID\n"
           "KillMode=mixed\n"
           "SuccessExitStatus=143\n"
           "\n"
           "[Unit]\n"
           "Documentation=man:sandgraft(1)\n"
           "Wants=" +
           libvirts_unit() +
           "\n"
           "After=libvirtd.service libvirtd.socket virtlxcd.service virtlxcd.socket\n"
           "\n"
           "[Install]\n"
           "WantedBy=multi-user.target\n";
}

void write_new(const std::string& path, const std::string& text) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) fail("cannot make '" + path + "'", errno);
    const ssize_t written = ::write(fd, text.data(), text.size());
    const int error = written < 0 ? errno : ENOSPC;
    ::close(fd);
    if (written == static_cast<ssize_t>(text.size())) return;
    ::unlink(path.c_str());
    fail("cannot write '" + path + "'", error);
}

void remove_file(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("cannot remove '" + path + "'", errno);
}

/// Where systemd runs; sd_booted(3) looks for the same directory.
void reload_systemd() {
    if (!std::filesystem::exists("/run/systemd/system")) return;
    if (std::system("systemctl daemon-reload") != 0)
        std::cerr << "sandgraft: warning: 'systemctl daemon-reload' failed: systemd does not see the change yet\n";
}

}  // namespace

BootUnit::BootUnit(const std::string& sandbox, const std::string& uri)
    : sandbox_(sandbox), uri_(uri), name_("sandgraft-" + escaped(sandbox) + ".service") {}

std::string BootUnit::path() const { return directory + '/' + name_; }

std::string BootUnit::link() const { return wants + '/' + name_; }

std::string BootUnit::text() const {
    if (!is_here(uri_))
        throw Error(ErrorCode::unsupported, "only a sandbox of this machine's libvirt can be started on its boot");
    return text_of({.name = name_,
                    .command = start_words(sandbox_, uri_),
                    .description = "Sandgraft sandbox '" + sandbox_ + "'",
                    .type = "notify"});
}

bool BootUnit::exists() const {
    if (!is_here(uri_)) return false;
    std::ifstream file(path());
    std::string line;
    return std::getline(file, line) && line == mark;
}

void BootUnit::make() const {
    write_new(path(), text());
    try {
        if (::mkdir(wants.c_str(), 0755) != 0 && errno != EEXIST) fail("cannot make '" + wants + "'", errno);
        remove_file(link());
        if (::symlink(path().c_str(), link().c_str()) != 0) fail("cannot make '" + link() + "'", errno);
    } catch (...) {
        ::unlink(path().c_str());
        throw;
    }
    reload_systemd();
}

void BootUnit::remove() const {
    if (!exists()) return;
    remove_file(link());
    remove_file(path());
    reload_systemd();
}

}  // namespace cli
