// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/load/unit_reader.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sandgraft::units {

namespace {

constexpr std::size_t first_read = 16 * 1024;

/// Units that systemd makes itself and that cannot be masked.
bool is_perpetual(std::string_view id) {
    return id == "-.slice" || id == "system.slice" || id == "-.mount" || id == "init.scope";
}

/// Types whose units exist without a file, for they stand for something else.
bool needs_fragment(UnitType type) {
    return type != UnitType::device && type != UnitType::slice && type != UnitType::scope;
}

}  // namespace

UnitReader::Fragment UnitReader::find_fragment(std::string_view name) {
    auto target = index_.resolve(name);
    if (target.entry == nullptr && !target.loop) {
        if (const auto generic = template_of(name); !generic.empty()) target = index_.resolve(generic);
    }
    if (target.entry == nullptr) return {nullptr, {}, name, target.loop};
    const auto parsed = parse_unit_name(name);
    if (parsed.kind == NameKind::template_ || parse_unit_name(target.name).kind != NameKind::template_)
        return {target.entry, target.name, target.name, false};
    const auto id = parsed.instance ? with_instance(target.name, *parsed.instance) : std::string{};
    if (id.empty()) return {nullptr, {}, name, false};
    // An alias of the template is not one of an instance that has a file of its own.
    if (id != name && index_.find(id) != nullptr) return {target.entry, target.name, name, false};
    return {target.entry, target.name, id == name ? name : arena_.store(id), false};
}

void UnitReader::add_aliases(Unit& unit, std::string_view of, const Fragment& fragment) {
    for (const auto alias : index_.aliases(of)) {
        if (!unit.is_instance || parse_unit_name(alias).kind != NameKind::template_) {
            unit.names.push_back(alias);
            continue;
        }
        const auto name = with_instance(alias, unit.instance);
        if (name.empty()) continue;
        const auto other = index_.resolve(name);
        if (other.entry == nullptr || other.name == fragment.file_name) unit.names.push_back(arena_.store(name));
    }
}

void UnitReader::add_names(Unit& unit, std::string_view name, const Fragment& fragment) {
    unit.names.push_back(unit.id);
    if (name != unit.id) unit.names.push_back(name);
    if (unit.state != UnitState::masked && fragment.entry != nullptr) {
        add_aliases(unit, unit.id, fragment);
        if (fragment.file_name != unit.id) add_aliases(unit, fragment.file_name, fragment);
    }
    std::sort(unit.names.begin() + 1, unit.names.end());
    unit.names.erase(std::unique(unit.names.begin() + 1, unit.names.end()), unit.names.end());
    unit.names.erase(std::remove(unit.names.begin() + 1, unit.names.end(), unit.id), unit.names.end());
}

Unit UnitReader::read(std::string_view name, const Fragment& fragment) {
    Unit unit(&memory_);
    unit.id = fragment.id;
    const auto parsed = parse_unit_name(unit.id);
    unit.type = parsed.type;
    unit.prefix = parsed.prefix;
    unit.is_instance = parsed.kind == NameKind::instance;
    unit.instance = parsed.instance.value_or(std::string_view{});
    load_fragment(unit, fragment);
    if (unit.state == UnitState::masked && unit.is_instance && unit.id != name) {
        // An alias of a masked template keeps its name: systemd takes that of a fragment only when there is one to
        // read.
        std::swap(unit.id, name);
        unit.prefix = parse_unit_name(unit.id).prefix;
    }
    add_names(unit, name, fragment);
    if (unit.state == UnitState::error || unit.state == UnitState::not_found) return unit;
    if (index_.has_side_directories()) {
        using What = SideReader::What;
        const auto sides = sides_.places(unit.names, unit.type);
        load_links(unit, sides_.files(sides.wants, What::wants), LinkKind::wants);
        load_links(unit, sides_.files(sides.requires_, What::requires_), LinkKind::requires_);
        if (version_ >= first_version_with_upholds_directories)
            load_links(unit, sides_.files(sides.upholds, What::upholds), LinkKind::upholds);
        load_drop_ins(unit, sides_.files(sides.drop_ins, What::drop_ins));
    }
    return unit;
}

void UnitReader::load_fragment(Unit& unit, const Fragment& fragment) {
    unit.state = needs_fragment(unit.type) && !is_perpetual(unit.id) ? UnitState::not_found : UnitState::loaded;
    if (fragment.loop) unit.warnings.push_back({std::string(unit.id), 0, "too many levels of aliases, not found"});
    if (fragment.entry == nullptr) return;
    unit.fragment_path = arena_.join({index_.directory_path(fragment.entry->directory), "/", fragment.file_name});
    const auto content = fragment_content(fragment, unit.fragment_path);
    switch (content.kind) {
        case Content::Kind::text:
            unit.state = UnitState::loaded;
            take(unit, content.text, unit.fragment_path, true);
            break;
        case Content::Kind::masked: unit.state = is_perpetual(unit.id) ? UnitState::loaded : UnitState::masked; break;
        case Content::Kind::missing: unit.fragment_path = {}; break;
        case Content::Kind::unreadable:
            unit.state = UnitState::error;
            unit.state_reason = content.reason;
            unit.fragment_path = {};
            break;
    }
}

void UnitReader::take(Unit& unit, std::string_view text, std::string_view path, bool is_fragment) {
    parse_lines(text, path, arena_, lines_);
    bytes_ += text.size();
    assignments_ += lines_.assignments.size();
    if (is_fragment && lines_.failed) {
        unit.state = UnitState::error;
        unit.state_reason = arena_.store(lines_.warnings.back().reason);
    }
    unit.assignments.insert(unit.assignments.end(), lines_.assignments.begin(), lines_.assignments.end());
    for (auto& warning : lines_.warnings) unit.warnings.push_back(std::move(warning));
}

UnitReader::Content UnitReader::fragment_content(const Fragment& fragment, std::string_view path) {
    if (fragment.file_name == fragment.id) return read_fragment(fragment, path);
    const auto [at, is_new] = templates_.try_emplace(fragment.file_name);
    if (is_new) at->second = read_fragment(fragment, path);
    return at->second;
}

UnitReader::Content UnitReader::read_fragment(const Fragment& fragment, std::string_view path) {
    const auto& entry = *fragment.entry;
    if (entry.kind == IndexEntry::Kind::linked) return read_linked(entry, path);
    if (entry.directory == 0) {
        const auto& text = overlay_.units.find(fragment.file_name)->second.content;
        return {text.empty() ? Content::Kind::masked : Content::Kind::text, text, {}};
    }
    const base::Fd fd(::openat(index_.directory_fd(entry.directory), fragment.file_name.data(),
                               O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW));
    return read_descriptor(fd.get());
}

UnitReader::Content UnitReader::read_linked(const IndexEntry& entry, std::string_view path) {
    if (entry.target == "/dev/null") return {Content::Kind::masked, {}, {}};
    // A link in the overlay leads into the root as an absolute path.
    const std::string full(entry.directory == 0 ? entry.target : path);
    const auto st = root_.status(full);
    if (!st)
        return {errno == ENOENT ? Content::Kind::missing : Content::Kind::unreadable,
                {},
                arena_.store(std::strerror(errno))};
    if (is_null_or_empty(*st)) return {Content::Kind::masked, {}, {}};
    if (!S_ISREG(st->st_mode)) return {Content::Kind::unreadable, {}, "the link leads to something other than a file"};
    return read_descriptor(root_.open_file(full).get());
}

UnitReader::Content UnitReader::read_descriptor(int fd) {
    using Kind = Content::Kind;
    const auto failed = [&] {
        return Content{errno == ENOENT ? Kind::missing : Kind::unreadable, {}, arena_.store(std::strerror(errno))};
    };
    if (fd < 0) return failed();
    std::size_t size = first_read;
    char* text = arena_.allocate(size);
    std::size_t used = 0;
    for (;;) {
        const ssize_t n = ::read(fd, text + used, size - used);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed();
        used += static_cast<std::size_t>(n);
        if (used < size) break;  // a regular file gives less than was asked for only at its end
        if (size >= largest_file) return {Kind::unreadable, {}, "it is larger than 16 MiB"};
        char* const larger = arena_.allocate(size * 4);
        text = static_cast<char*>(std::memcpy(larger, text, used));
        size *= 4;
    }
    arena_.shrink_last(text, size, used);
    return used == 0 ? Content{Kind::masked, {}, {}} : Content{Kind::text, {text, used}, {}};
}

UnitReader::Content UnitReader::read_side_file(const SideFile& file) {
    using Kind = DirectoryEntry::Kind;
    if (file.directory == 0) return {Content::Kind::text, file.entry.target, {}};
    if (file.entry.kind == Kind::other || file.entry.kind == Kind::directory)
        return {Content::Kind::unreadable, {}, "it is not a regular file"};
    if (file.entry.kind == Kind::link && file.entry.target == "/dev/null") return {Content::Kind::masked, {}, {}};
    return read_descriptor(root_.open_file(std::string(file.path)).get());
}

void UnitReader::load_drop_ins(Unit& unit, const std::vector<SideFile>& files) {
    for (const auto& file : files) {
        unit.drop_ins.push_back({file.path, file.place});
        const auto content = read_side_file(file);
        if (content.kind == Content::Kind::text)
            take(unit, content.text, file.path, false);
        else if (content.kind != Content::Kind::masked)
            unit.warnings.push_back({std::string(file.path), 0, "drop-in ignored: " + std::string(content.reason)});
    }
}

void UnitReader::load_links(Unit& unit, const std::vector<SideFile>& files, LinkKind kind) {
    for (const auto& file : files) {
        if (file.masked) continue;
        const auto ignore = [&](std::string_view why) {
            unit.warnings.push_back({std::string(file.path), 0, std::string(why) + ", ignored"});
        };
        if (file.entry.kind != DirectoryEntry::Kind::link) {
            ignore("it is not a link");
        } else if (const auto named = parse_unit_name(file.entry.name); !named) {
            ignore("it is not a valid unit name");
        } else if (named.kind != NameKind::template_) {
            unit.links.push_back({kind, file.entry.name, file.path});
        } else if (const auto name = resolve_template(unit, file.entry.name); !name.empty()) {
            unit.links.push_back({kind, arena_.store(name), file.path});
        } else {
            ignore("the instance makes no valid unit name");
        }
    }
}

}  // namespace sandgraft::units
