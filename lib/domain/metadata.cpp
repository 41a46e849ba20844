// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/metadata.hpp"

#include "base/encoding.hpp"
#include "base/overload.hpp"
#include "base/text.hpp"
#include "domain/xml_reader.hpp"
#include "model/checks.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

namespace sandgraft::domain {

namespace {

constexpr const char* xml_namespace = "https://sandgraft.org/xmlns/domain/1";
constexpr std::string_view prefix = "sandgraft:";

// Text: as it is where XML and every tool on the way keep it, else percent-encoded.

bool survives(std::string_view text) {
    return model::is_document_text(text) && !text.starts_with(' ') && !text.ends_with(' ');
}

void put_text(XmlWriter& out, std::string_view text) {
    if (survives(text)) {
        out.text(text);
        return;
    }
    std::string encoded;
    base::append_percent(encoded, text);
    out.attribute("encoding", "percent").text(encoded);
}

std::string get_text(pugi::xml_node node) {
    std::string text = text_of(node);
    const pugi::xml_attribute encoding = node.attribute("encoding");
    if (!encoding) return text;
    if (std::string_view(encoding.value()) != "percent") refuse_value(node, encoding.value(), "a known encoding");
    auto plain = base::parse_percent(text);
    if (!plain) refuse_value(node, text, "percent-encoded text");
    return std::move(*plain);
}

// One pair of functions for each type of property.

void put(XmlWriter& out, std::string_view name, const std::string& value) {
    out.open(name);
    put_text(out, value);
    out.close();
}

void put(XmlWriter& out, std::string_view name, bool value) { out.leaf(name, std::string_view(value ? "yes" : "no")); }

void put(XmlWriter& out, std::string_view name, const std::vector<std::string>& values) {
    for (const auto& value : values) put(out, name, value);
}

void put(XmlWriter& out, std::string_view name, const std::map<std::string, std::string>& values) {
    for (const auto& [key, value] : values) put(out, name, key + '=' + value);
}

void get(pugi::xml_node node, std::string& value) { value = get_text(node); }

void get(pugi::xml_node node, bool& value) { value = flag(node, text_of(node)); }

void get(pugi::xml_node node, std::vector<std::string>& values) { values.push_back(get_text(node)); }

void get(pugi::xml_node node, std::map<std::string, std::string>& values) {
    const std::string text = get_text(node);
    const auto equals = text.find('=');
    if (equals == std::string::npos) refuse_value(node, text, "of the form NAME=VALUE");
    if (!values.emplace(text.substr(0, equals), text.substr(equals + 1)).second)
        refuse_value(node, text.substr(0, equals), "the only one of that name");
}

// Memory: libvirt keeps whole KiB, and no "all that the host has".

void write_memory(XmlWriter& out, std::string_view name, const Sandbox& sandbox, const Written& written) {
    if (sandbox.memory_bytes == 0 || sandbox.memory_bytes % 1024 != 0)
        out.open(name).attribute("given", sandbox.memory_bytes).attribute("written", written.memory_bytes).close();
}

void read_memory(pugi::xml_node node, Reading& reading) {
    const std::uint64_t written = number(node, attribute(node, "written"));
    const std::uint64_t given = number(node, attribute(node, "given"));
    if (to_kib(written) == to_kib(reading.sandbox.memory_bytes)) reading.sandbox.memory_bytes = given;
}

// The root: what libvirt mounts may be a view of it.

void write_root(XmlWriter& out, std::string_view name, const Sandbox& sandbox, const Written& written) {
    if (sandbox.root != written.root)
        out.open(name).attribute("given", sandbox.root).attribute("written", written.root).close();
}

void read_root(pugi::xml_node node, Reading& reading) {
    if (attribute(node, "written") == reading.sandbox.root) reading.sandbox.root = attribute(node, "given");
}

// Mounts, in the order in which they were given.

void write_mount(XmlWriter& out, const Mount& mount) {
    const auto note_read_only = [&] {
        if (mount.read_only) out.attribute("readonly", "yes");
    };
    std::visit(base::Overload{
                   [&](const HostBind&) { out.open("sandgraft:mount"); },
                   [&](const GuestBind& bind) {
                       std::string source;
                       base::append_percent(source, bind.path);
                       out.open("sandgraft:bind").attribute("source", source);
                       note_read_only();
                   },
                   [&](const Ram& ram) {
                       out.open("sandgraft:mount");
                       if (ram.bytes % 1024 != 0) out.attribute("bytes", ram.bytes);
                   },
                   [&](const File& file) {
                       std::string content;
                       base::append_base64(content, file.content);
                       out.open("sandgraft:file")
                           .attribute("mode", base::format_octal(file.mode))
                           .attribute("content", content);
                       note_read_only();
                   },
                   [&](const Mask&) {
                       out.open("sandgraft:mask");
                       note_read_only();
                   },
               },
               mount.source);
    put_text(out, mount.target);
    out.close();
}

void write_mounts(XmlWriter& out, std::string_view, const Sandbox& sandbox, const Written&) {
    for (const auto& mount : sandbox.mounts) write_mount(out, mount);
}

bool read_only(pugi::xml_node node) {
    const pugi::xml_attribute given = node.attribute("readonly");
    return given && flag(node, given.value());
}

/// A mount of the standard elements; one that was removed from them is no longer in the description.
void read_mount(pugi::xml_node node, Reading& reading) {
    if (++reading.listed_mounts > model::most_mounts) fail("its metadata lists too many mounts");
    const std::string target = get_text(node);
    const auto found = std::find_if(reading.filesystems.begin(), reading.filesystems.end(),
                                    [&](const Filesystem& f) { return !f.listed && f.mount.target == target; });
    if (found == reading.filesystems.end()) return;
    found->listed = true;
    Mount mount = found->mount;
    if (const pugi::xml_attribute bytes = node.attribute("bytes"))
        if (auto* ram = std::get_if<Ram>(&mount.source)) {
            const std::uint64_t exact = number(node, bytes.value());
            if (to_kib(exact) == to_kib(ram->bytes)) ram->bytes = exact;
        }
    reading.sandbox.mounts.push_back(std::move(mount));
}

void read_file(pugi::xml_node node, Reading& reading) {
    const auto mode = base::parse_octal(attribute(node, "mode"));
    if (!mode) refuse_value(node, attribute(node, "mode"), "an octal mode");
    auto content = base::parse_base64(attribute(node, "content"));
    if (!content) refuse_value(node, attribute(node, "content"), "base64");
    reading.sandbox.mounts.push_back({get_text(node), File{std::move(*content), *mode}, read_only(node)});
}

void read_bind(pugi::xml_node node, Reading& reading) {
    const std::string_view source = attribute(node, "source");
    auto path = base::parse_percent(source);
    if (!path) refuse_value(node, source, "percent-encoded text");
    reading.sandbox.mounts.push_back({get_text(node), GuestBind{std::move(*path)}, read_only(node)});
}

void read_mask(pugi::xml_node node, Reading& reading) {
    reading.sandbox.mounts.push_back({get_text(node), Mask{}, read_only(node)});
}

/// One kind of element in the metadata.
struct Property {
    std::string_view name;
    bool list;  ///< may occur more than once
    void (*write)(XmlWriter& out, std::string_view name, const Sandbox& sandbox, const Written& written);
    void (*read)(pugi::xml_node node, Reading& reading);
};

const Sandbox& defaults() {
    static const Sandbox sandbox;
    return sandbox;
}

/// A member of a member ... of an object.
template <auto first, auto... others>
auto& member(auto& object) {
    if constexpr (sizeof...(others) == 0)
        return object.*first;
    else
        return member<others...>(object.*first);
}

/// A property that is one field of the description, left out where it has its default.
template <auto... path>
constexpr Property field(std::string_view name) {
    using Value = std::remove_cvref_t<decltype(member<path...>(defaults()))>;
    return {name, !std::is_same_v<Value, std::string> && !std::is_same_v<Value, bool>,
            [](XmlWriter& out, std::string_view element, const Sandbox& sandbox, const Written&) {
                const auto& value = member<path...>(sandbox);
                if (value != member<path...>(defaults())) put(out, element, value);
            },
            [](pugi::xml_node node, Reading& reading) { get(node, member<path...>(reading.sandbox)); }};
}

void write_nothing(XmlWriter&, std::string_view, const Sandbox&, const Written&) {}

constexpr std::array properties = {
    field<&Sandbox::command, &Command::argv>("sandgraft:argument"),
    field<&Sandbox::command, &Command::directory>("sandgraft:directory"),
    field<&Sandbox::command, &Command::terminal>("sandgraft:terminal"),
    field<&Sandbox::environment>("sandgraft:variable"),
    field<&Sandbox::user>("sandgraft:user"),
    field<&Sandbox::privileged>("sandgraft:privileged"),
    field<&Sandbox::mask_secrets>("sandgraft:mask-secrets"),
    Property{"sandgraft:memory", false, write_memory, read_memory},
    Property{"sandgraft:root", false, write_root, read_root},
    Property{"sandgraft:mount", true, write_mounts, read_mount},
    Property{"sandgraft:file", true, write_nothing, read_file},
    Property{"sandgraft:mask", true, write_nothing, read_mask},
    Property{"sandgraft:bind", true, write_nothing, read_bind},
};

std::string_view local_name(pugi::xml_node node) {
    const std::string_view name = node.name();
    return name.substr(name.find(':') + 1);
}

bool is_ours(pugi::xml_node node) {
    if (local_name(node) != "sandbox") return false;
    return std::any_of(node.attributes_begin(), node.attributes_end(), [](pugi::xml_attribute a) {
        return std::string_view(a.name()).starts_with("xmlns") && std::string_view(a.value()) == xml_namespace;
    });
}

}  // namespace

void write_metadata(XmlWriter& out, const Sandbox& sandbox, const Written& written) {
    out.open("metadata").open("sandgraft:sandbox").attribute("xmlns:sandgraft", xml_namespace);
    for (const Property& property : properties) property.write(out, property.name, sandbox, written);
    out.close().close();
}

void read_metadata(pugi::xml_node domain, Reading& reading) {
    const pugi::xml_node ours = domain.child("metadata").find_child(is_ours);
    if (!ours) fail("it was not made by Sandgraft");
    std::array<bool, properties.size()> seen{};
    for (const pugi::xml_node node : ours) {
        const auto property =
            std::find_if(properties.begin(), properties.end(),
                         [name = local_name(node)](const Property& p) { return p.name.substr(prefix.size()) == name; });
        if (property == properties.end()) fail("its metadata has the unknown element " + base::quote(node.name()));
        auto& given = seen[static_cast<std::size_t>(property - properties.begin())];
        if (given && !property->list) fail("its metadata has the element " + base::quote(node.name()) + " twice");
        given = true;
        property->read(node, reading);
    }
}

}  // namespace sandgraft::domain
