// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/mount_source.hpp"

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "base/overload.hpp"
#include "base/text.hpp"
#include "model/checks.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <filesystem>

namespace sandgraft::model {

namespace {

using base::quote;
using enum Key;

constexpr std::uint64_t most_ram_bytes = std::uint64_t{1} << 60;
constexpr std::uint32_t permission_bits = 0777;

void check_target(const Mount& mount) {
    check_path("mount target", mount.target);
    if (const auto reason = reserved_reason(mount.target); !reason.empty())
        fail("mount target " + quote(mount.target) + " is refused: " + reason);
    // It stands in the hypervisor's document as it is.
    if (facts_of(mount).maker == Maker::hypervisor) check_text("mount target", mount.target);
}

/// What is made anew has no nodes and no bits, and libvirt mounts its filesystems in memory without both.
void check_flags(const Mount& mount) {
    for (const auto& [key, value] : {std::pair{suid, mount.suid}, {dev, mount.dev}})
        if (value && (type_of(mount).optional & bit(key)) == 0)
            fail("mount " + quote(mount.target) + " cannot be " + std::string(name_of(key)) + ": only binds can");
}

void check_host_bind(const HostBind& bind) {
    check_path("source", bind.path);
    check_text("source", bind.path);
}

void check_ram(const Ram& ram, const std::string& target) {
    if (ram.bytes == 0 || ram.bytes > most_ram_bytes)
        fail("size " + std::to_string(ram.bytes) + " of mount " + quote(target) + " is not between 1 byte and 1 EiB");
}

void check_file(const File& file, const std::string& target) {
    if (file.mode > permission_bits) fail("mode of mount " + quote(target) + " has more than permission bits");
    if (file.uid == base::no_id || file.gid == base::no_id)
        fail("mount " + quote(target) + " belongs to a user or group that cannot be");
    if (file.content.size() > most_file_bytes) fail("content of mount " + quote(target) + " is larger than 1 MiB");
}

// What an option string says of each source.

/// As a shell's word would be taken; the path of an absolute one stays what check_path() judges.
std::string from_here(const std::string& path) {
    if (path.starts_with('/')) return path;
    auto absolute = (std::filesystem::current_path() / path).lexically_normal();
    return (absolute.has_filename() ? absolute : absolute.parent_path()).string();
}

void get(const Given& given, HostBind& bind) { bind.path = from_here(*given[source]); }
void put(Fields& out, const HostBind& bind) { out.put(source, bind.path); }

void get(const Given& given, GuestBind& bind) { bind.path = *given[source]; }
void put(Fields& out, const GuestBind& bind) { out.put(source, bind.path); }

void get(const Given& given, Ram& ram) {
    if (!given[size]) return;
    const auto bytes = base::parse_size(*given[size]);
    if (!bytes) fail("size " + quote(*given[size]) + " is not a number with an optional suffix K, M, G or T");
    ram.bytes = *bytes;
}

void put(Fields& out, const Ram& ram) { out.put(size, base::format_size(ram.bytes)); }

std::uint32_t parse_mode(const std::string& text) {
    const auto value = base::parse_octal(text);
    if (!value || *value > 0777) fail("mode " + quote(text) + " is not an octal number up to 777");
    return *value;
}

/// As docker's and podman's secrets have them, a number: no name is looked up when the file is made.
std::uint32_t parse_owner(Key key, const std::string& text) {
    if (const auto id = base::parse_id(text)) return *id;
    fail(std::string(name_of(key)) + " " + quote(text) + " is not a number up to " + std::to_string(base::no_id - 1));
}

/// Also of a pipe, where a shell has made it: standard input, or a process substitution, which is read to its end. Its
/// mode and owner say nothing of what comes through it.
File read_source(const std::string& path) {
    const base::Fd fd =
        base::checked(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), "cannot open " + quote(path));
    struct stat st {};
    if (::fstat(fd.get(), &st) < 0) base::throw_errno("cannot examine " + quote(path));
    if (S_ISREG(st.st_mode))
        return {base::read_all(fd.get(), most_file_bytes, path), st.st_mode & permission_bits, st.st_uid, st.st_gid};
    if (!S_ISFIFO(st.st_mode) || (path != "/dev/stdin" && !path.starts_with("/dev/fd/")))
        fail(quote(path) + " is not a regular file");
    if (::fcntl(fd.get(), F_SETFL, 0) < 0) base::throw_errno("cannot wait for " + quote(path));
    return {base::read_all(fd.get(), most_file_bytes, path)};
}

std::string parse_content(const std::string& text) {
    auto content = base::parse_base64(text);
    if (!content) fail("content " + quote(text) + " is not base64");
    return std::move(*content);
}

void get(const Given& given, File& file) {
    if (given[source].has_value() + given[content].has_value() + given[base64].has_value() > 1)
        fail("a file has either a source or a content");
    if (given[source]) {
        check_no_nul("source", *given[source]);
        file = read_source(*given[source]);
    }
    if (given[content]) file.content = *given[content];
    if (given[base64]) file.content = parse_content(*given[base64]);
    if (given[mode]) file.mode = parse_mode(*given[mode]);
    if (given[uid]) file.uid = parse_owner(uid, *given[uid]);
    if (given[gid]) file.gid = parse_owner(gid, *given[gid]);
}

void put(Fields& out, const File& file) {
    if (file.content.find('\0') == std::string::npos) {
        out.put(content, file.content);
    } else {  // no word of a command line can hold it
        std::string encoded;
        base::append_base64(encoded, file.content);
        out.put(base64, encoded);
    }
    out.put(mode, base::format_octal(file.mode));
    if (file.uid != 0) out.put(uid, std::to_string(file.uid));
    if (file.gid != 0) out.put(gid, std::to_string(file.gid));
}

void get(const Given&, Mask&) {}
void put(Fields&, const Mask&) {}

template <class Alternative>
constexpr SourceType type_of(SourceFacts facts, std::string_view name, unsigned required = 0, unsigned optional = 0) {
    return {base::alternative_index<Alternative, Source>(),
            facts,
            name,
            required,
            optional,
            [](const Given& given) -> Source {
                Alternative made;
                get(given, made);
                return made;
            },
            [](Fields& out, const Source& source) { put(out, std::get<Alternative>(source)); }};
}

constexpr std::array types = {
    type_of<HostBind>({Maker::hypervisor, TargetKind::as_host_source, Storage::host}, "bind", bit(source),
                      bit(suid) | bit(dev)),
    type_of<GuestBind>({Maker::init, TargetKind::as_guest_source, Storage::guest}, "guest-bind", bit(source),
                       bit(suid) | bit(dev)),
    type_of<Ram>({Maker::hypervisor, TargetKind::directory, Storage::memory}, "ram", 0, bit(size)),
    type_of<File>({Maker::init, TargetKind::file, Storage::none}, "file", 0,
                  bit(source) | bit(content) | bit(base64) | bit(mode) | bit(uid) | bit(gid)),
    type_of<Mask>({Maker::init, TargetKind::anything, Storage::none}, "mask"),
};
static_assert(covers_sources(types));

}  // namespace

std::span<const SourceType> source_types() { return types; }

const std::string& path_of(const Mount& mount) {
    static const std::string none;
    return std::visit(base::Overload{
                          [](const HostBind& bind) -> const std::string& { return bind.path; },
                          [](const GuestBind& bind) -> const std::string& { return bind.path; },
                          [](const Ram&) -> const std::string& { return none; },
                          [](const File&) -> const std::string& { return none; },
                          [](const Mask&) -> const std::string& { return none; },
                      },
                      mount.source);
}

std::uint64_t carried_bytes(const Mount& mount) {
    return std::visit(base::Overload{
                          [](const HostBind&) -> std::size_t { return 0; },
                          [](const GuestBind&) -> std::size_t { return 0; },
                          [](const Ram&) -> std::size_t { return 0; },
                          [](const File& file) { return file.content.size(); },
                          [](const Mask&) -> std::size_t { return 0; },
                      },
                      mount.source);
}

void check_mount(const Mount& mount) {
    check_target(mount);
    check_flags(mount);
    std::visit(base::Overload{
                   [](const HostBind& bind) { check_host_bind(bind); },
                   [](const GuestBind& bind) { check_path("source", bind.path); },
                   [&](const Ram& ram) { check_ram(ram, mount.target); },
                   [&](const File& file) { check_file(file, mount.target); },
                   [](const Mask&) {},
               },
               mount.source);
}

}  // namespace sandgraft::model
