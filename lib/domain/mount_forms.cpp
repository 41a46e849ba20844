// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/mount_forms.hpp"

#include "base/encoding.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "domain/values.hpp"
#include "model/mount_source.hpp"

#include <algorithm>
#include <array>

namespace sandgraft::domain {

namespace {

using model::Source;
using GuestMount = wire::GuestConfig::Mount;
using Action = wire::GuestConfig::Action;
using Target = wire::GuestConfig::Target;

// What the hypervisor makes: put_source() and get_source() for the <source> of its <filesystem>, put() and get() for
// what the metadata has to add.

void put_source(XmlWriter& out, const HostBind& bind) { out.attribute("dir", bind.path); }
void get_source(pugi::xml_node node, HostBind& bind) { bind.path = attribute(node, "dir"); }
void put(XmlWriter&, const HostBind&) {}
void get(pugi::xml_node, HostBind&) {}

void put_source(XmlWriter& out, const Ram& ram) { out.attribute("usage", to_kib(ram.bytes)).attribute("units", "KiB"); }

void get_source(pugi::xml_node node, Ram& ram) {
    ram.bytes = scaled(node, attribute(node, "usage"), node.attribute("units").value());
}

void put(XmlWriter& out, const Ram& ram) {
    if (ram.bytes % 1024 != 0) out.attribute("bytes", ram.bytes);
}

void get(pugi::xml_node node, Ram& ram) {
    const pugi::xml_attribute bytes = node.attribute("bytes");
    if (!bytes) return;
    const std::uint64_t exact = number(node, bytes.value());
    if (to_kib(exact) == to_kib(ram.bytes)) ram.bytes = exact;
}

// What init makes: put() and get() for the metadata, which has all of it, and tell() for init.

void put(XmlWriter& out, const GuestBind& bind) { put_percent(out, "source", bind.path); }
void get(pugi::xml_node node, GuestBind& bind) { bind.path = get_percent(node, "source"); }

void tell(GuestMount& told, const GuestBind& bind) {
    told.action = Action::bind;
    told.strings = {bind.path};
}

/// Root's is left out.
void put_id(XmlWriter& out, std::string_view name, std::uint32_t id) {
    if (id != 0) out.attribute(name, id);
}

std::uint32_t get_id(pugi::xml_node node, const char* name) {
    const pugi::xml_attribute given = node.attribute(name);
    if (!given) return 0;
    const auto id = base::parse_id(given.value());
    if (!id) refuse_value(node, given.value(), "the number of a user or group");
    return *id;
}

void put(XmlWriter& out, const File& file) {
    std::string content;
    base::append_base64(content, file.content);
    out.attribute("mode", base::format_octal(file.mode));
    put_id(out, "uid", file.uid);
    put_id(out, "gid", file.gid);
    out.attribute("content", content);
}

void get(pugi::xml_node node, File& file) {
    const auto mode = base::parse_octal(attribute(node, "mode"));
    if (!mode) refuse_value(node, attribute(node, "mode"), "an octal mode");
    auto content = base::parse_base64(attribute(node, "content"));
    if (!content) refuse_value(node, attribute(node, "content"), "base64");
    file = {std::move(*content), *mode, get_id(node, "uid"), get_id(node, "gid")};
}

void tell(GuestMount& told, const File& file) {
    told.action = Action::file;
    told.mode = file.mode;
    told.uid = file.uid;
    told.gid = file.gid;
    told.strings = {file.content};
}

void put(XmlWriter&, const Mask&) {}
void get(pugi::xml_node, Mask&) {}

void tell(GuestMount& told, const Mask&) {
    told.action = Action::mask;
    told.read_only = true;
}

/// The element of the metadata for what has a <filesystem>.
constexpr std::string_view listing = "sandgraft:mount";

/// How the mounts of one source stand in a document.
struct Form {
    std::size_t index;
    std::string_view filesystem;                        ///< the type of their <filesystem>; empty: init makes them
    std::string_view element;                           ///< of the metadata
    Source (*read)(pugi::xml_node node);                ///< from the <filesystem>, else from the metadata
    void (*put)(XmlWriter& out, const Source& source);  ///< into the metadata
    void (*put_source)(XmlWriter& out, const Source& source) = nullptr;  ///< into the <filesystem>
    void (*get)(pugi::xml_node node, Source& source) = nullptr;          ///< completes what that said
    void (*tell)(GuestMount& told, const Source& source) = nullptr;      ///< to init
};

template <class Alternative>
constexpr Form filesystem(std::string_view type) {
    return {.index = base::alternative_index<Alternative, model::Source>(),
            .filesystem = type,
            .element = listing,
            .read = [](pugi::xml_node node) -> Source {
                Alternative read;
                get_source(child(node, "source"), read);
                return read;
            },
            .put = [](XmlWriter& out, const Source& source) { put(out, std::get<Alternative>(source)); },
            .put_source = [](XmlWriter& out, const Source& source) { put_source(out, std::get<Alternative>(source)); },
            .get = [](pugi::xml_node node, Source& source) { get(node, std::get<Alternative>(source)); }};
}

template <class Alternative>
constexpr Form made_by_init(std::string_view element) {
    return {.index = base::alternative_index<Alternative, model::Source>(),
            .filesystem = {},
            .element = element,
            .read = [](pugi::xml_node node) -> Source {
                Alternative read;
                get(node, read);
                return read;
            },
            .put = [](XmlWriter& out, const Source& source) { put(out, std::get<Alternative>(source)); },
            .tell = [](GuestMount& told, const Source& source) { tell(told, std::get<Alternative>(source)); }};
}

constexpr std::array forms = {
    filesystem<HostBind>("mount"),        made_by_init<GuestBind>("sandgraft:bind"), filesystem<Ram>("ram"),
    made_by_init<File>("sandgraft:file"), made_by_init<Mask>("sandgraft:mask"),
};
static_assert(model::covers_sources(forms));

std::string_view type_of(pugi::xml_node filesystem) { return filesystem.attribute("type").as_string("mount"); }

/// The one of a <filesystem>; the end when there is none.
decltype(forms)::const_iterator filesystem_form(pugi::xml_node node) {
    return std::find_if(forms.begin(), forms.end(),
                        [&](const Form& f) { return !f.filesystem.empty() && f.filesystem == type_of(node); });
}

const Form& form_of(const Mount& mount) { return forms[mount.source.index()]; }

/// A flag of a mount as an attribute.
bool get_flag(pugi::xml_node node, const char* name) {
    const pugi::xml_attribute given = node.attribute(name);
    return given && flag(node, given.value());
}

/// Those that no <filesystem> can say.
void put_flags(XmlWriter& out, const Mount& mount) {
    if (mount.suid) out.attribute("suid", "yes");
    if (mount.dev) out.attribute("dev", "yes");
}

void get_flags(pugi::xml_node node, Mount& mount) {
    mount.suid = get_flag(node, "suid");
    mount.dev = get_flag(node, "dev");
}

void write_listing(XmlWriter& out, const Mount& mount) {
    const Form& form = form_of(mount);
    out.open(form.element);
    form.put(out, mount.source);
    if (form.filesystem.empty() && mount.read_only) out.attribute("readonly", "yes");
    put_flags(out, mount);
    put_text(out, mount.target);
    out.close();
}

/// A mount of the standard elements; one that was removed from them is no longer in the description.
void read_listing(pugi::xml_node node, Reading& reading) {
    if (++reading.listed_mounts > model::most_mounts) fail("its metadata lists too many mounts");
    const std::string target = get_text(node);
    const auto found = std::find_if(reading.filesystems.begin(), reading.filesystems.end(),
                                    [&](const Filesystem& f) { return !f.listed && f.mount.target == target; });
    if (found == reading.filesystems.end()) return;
    found->listed = true;
    Mount mount = found->mount;
    form_of(mount).get(node, mount.source);
    get_flags(node, mount);
    reading.sandbox.mounts.push_back(std::move(mount));
}

Mount read_made_by_init(pugi::xml_node node, const Form& form) {
    Mount mount{.target = get_text(node), .source = form.read(node), .read_only = get_flag(node, "readonly")};
    get_flags(node, mount);
    return mount;
}

Target needs_of(model::TargetKind kind) {
    switch (kind) {
        case model::TargetKind::as_host_source:
        case model::TargetKind::as_guest_source: return Target::as_source;
        case model::TargetKind::directory: return Target::directory;
        case model::TargetKind::file: return Target::file;
        case model::TargetKind::anything: break;
    }
    return Target::anything;
}

}  // namespace

void write_filesystem(XmlWriter& out, const Mount& mount) {
    const Form& form = form_of(mount);
    if (form.filesystem.empty()) return;
    out.open("filesystem").attribute("type", form.filesystem).open("source");
    form.put_source(out, mount.source);
    out.close().open("target").attribute("dir", mount.target).close();
    if (mount.read_only) out.open("readonly").close();
    out.close();
}

bool is_filesystem(pugi::xml_node node) { return filesystem_form(node) != forms.end(); }

Mount read_filesystem(pugi::xml_node node) {
    const auto form = filesystem_form(node);
    if (form == forms.end()) refuse_value(node, type_of(node), "a type that a sandbox can have");
    return {.target = std::string(attribute(child(node, "target"), "dir")),
            .source = form->read(node),
            .read_only = !node.child("readonly").empty()};
}

void write_mounts(XmlWriter& out, const std::vector<Mount>& mounts) {
    for (const auto& mount : mounts) write_listing(out, mount);
}

bool read_mount(pugi::xml_node node, std::string_view name, Reading& reading) {
    if (name == listing) {
        read_listing(node, reading);
        return true;
    }
    const auto form = std::find_if(forms.begin(), forms.end(), [&](const Form& f) { return f.element == name; });
    if (form == forms.end()) return false;
    reading.sandbox.mounts.push_back(read_made_by_init(node, *form));
    return true;
}

wire::GuestConfig::Mount guest_mount(const Mount& mount) {
    const auto& facts = model::facts_of(mount);
    GuestMount told;
    told.needs = needs_of(facts.target);
    told.target = mount.target;
    told.read_only = mount.read_only;
    told.suid = mount.suid;
    told.dev = mount.dev;
    told.in_memory = facts.storage == model::Storage::memory;
    if (const auto tell = form_of(mount).tell) tell(told, mount.source);
    return told;
}

}  // namespace sandgraft::domain
