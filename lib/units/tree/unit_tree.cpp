// SPDX-License-Identifier: LGPL-2.1-or-later
// Trees of unit files: written to disk, compared.
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <sandgraft/error.hpp>
#include <sandgraft/unit_set.hpp>

#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <set>

namespace sandgraft {

namespace {

/// A directory beside the one that is to appear; removed unless it was put in place.
class Staging {
public:
    explicit Staging(const std::string& directory) : target_(directory), path_(directory + ".XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr)
            base::throw_errno("cannot make a directory beside " + base::quote(directory));
        fd_ = base::checked(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                            "cannot open " + base::quote(path_));
    }
    ~Staging() {
        boost::system::error_code ignored;
        if (!path_.empty()) boost::filesystem::remove_all(path_, ignored);
    }
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    [[nodiscard]] int fd() const { return fd_.get(); }

    void put_in_place() {
        if (::fchmod(fd_.get(), 0755) < 0) base::throw_errno("cannot open up " + base::quote(path_));
        if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) < 0) {
            if (errno == EEXIST) throw Error(ErrorCode::exists, base::quote(target_) + " exists already");
            base::throw_errno("cannot put " + base::quote(target_) + " in place");
        }
        path_.clear();
    }

private:
    std::string target_, path_;
    base::Fd fd_;
};

/// "NAME", or "DIRECTORY/NAME": a tree is no deeper.
void check_path(const std::string& path) {
    const auto parts = base::split(path, '/');
    const bool proper = std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
        return !part.empty() && part != "." && part != ".." && part.find('\0') == std::string_view::npos;
    });
    if (!proper || parts.size() > 2)
        throw Error(ErrorCode::invalid, base::quote(path) + " is not a path of a unit tree");
}

void write_entry(int directory, const UnitTree::Entry& entry) {
    const auto what = "cannot write " + base::quote(entry.path);
    if (entry.link) {
        if (::symlinkat(entry.content.c_str(), directory, entry.path.c_str()) < 0) base::throw_errno(what);
        return;
    }
    const auto file = base::checked(
        ::openat(directory, entry.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644), what);
    base::write_all(file.get(), entry.content, entry.path);
    if (::fchmod(file.get(), 0644) < 0) base::throw_errno(what);
}

void make_parent(int directory, const std::string& path, std::set<std::string>& made) {
    const auto slash = path.find('/');
    if (slash == std::string::npos || !made.insert(path.substr(0, slash)).second) return;
    const auto parent = path.substr(0, slash);
    if (::mkdirat(directory, parent.c_str(), 0755) < 0 || ::fchmodat(directory, parent.c_str(), 0755, 0) < 0)
        base::throw_errno("cannot make " + base::quote(parent));
}

std::string shown(const UnitTree::Entry& entry) { return entry.link ? "-> " + entry.content : entry.content; }

std::vector<UnitTree::Entry> sorted(std::vector<UnitTree::Entry> entries) {
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return entries;
}

}  // namespace

std::string UnitTree::unit_path(std::string_view directory) const {
    std::string path(directory);
    return alone ? path : path + ":";
}

void UnitTree::write(const std::string& directory) const {
    const auto slashless = directory.substr(0, directory.find_last_not_of('/') + 1);
    if (slashless.empty()) throw Error(ErrorCode::invalid, base::quote(directory) + " cannot be made a unit tree");
    for (const auto& entry : entries) check_path(entry.path);
    struct stat st {};
    if (::lstat(slashless.c_str(), &st) == 0)
        throw Error(ErrorCode::exists, base::quote(slashless) + " exists already");
    Staging staging(slashless);
    std::set<std::string> made;
    for (const auto& entry : entries) {
        make_parent(staging.fd(), entry.path, made);
        write_entry(staging.fd(), entry);
    }
    staging.put_in_place();
}

std::vector<UnitChange> diff(const UnitTree& before, const UnitTree& after) {
    const auto old_entries = sorted(before.entries);
    const auto new_entries = sorted(after.entries);
    std::vector<UnitChange> changes;
    auto a = old_entries.begin();
    auto b = new_entries.begin();
    while (a != old_entries.end() || b != new_entries.end()) {
        using Kind = UnitChange::Kind;
        const bool only_old = b == new_entries.end() || (a != old_entries.end() && a->path < b->path);
        const bool only_new = a == old_entries.end() || (b != new_entries.end() && b->path < a->path);
        if (only_old) {
            changes.push_back({Kind::removed, a->path, shown(*a), {}});
        } else if (only_new) {
            changes.push_back({Kind::added, b->path, {}, shown(*b)});
        } else if (*a != *b) {
            changes.push_back({Kind::changed, a->path, shown(*a), shown(*b)});
        }
        if (!only_new) ++a;
        if (!only_old) ++b;
    }
    return changes;
}

}  // namespace sandgraft
