// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/metadata.hpp"

#include "base/overload.hpp"
#include "base/text.hpp"
#include "domain/mount_forms.hpp"
#include "domain/values.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace sandgraft::domain {

namespace {

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

// The directories that a start has made for the targets of mounts: they are not the description's.

constexpr std::string_view target_directory_name = "sandgraft:target-directory";

void write_directories(XmlWriter& out, std::string_view name, const Sandbox&, const Written& written) {
    for (const auto& directory : written.directories) put(out, name, directory);
}

void read_directory(pugi::xml_node node, Reading& reading) {
    std::string directory;
    get(node, directory);
    for (auto& [mount, listed] : reading.filesystems)
        if (mount.target == directory && std::holds_alternative<Ram>(mount.source) && !std::exchange(listed, true))
            return;
}

/// One kind of element in the metadata.
struct Property {
    std::string_view name;
    bool list;  ///< may occur more than once
    void (*write)(XmlWriter& out, std::string_view name, const Sandbox& sandbox, const Written& written);
    void (*read)(pugi::xml_node node, Reading& reading);
    std::size_t payload = std::variant_npos;  ///< the kind of payload that it belongs to
};

/// What is left out: a property that has its default.
template <class Object>
const Object& defaults() {
    static const Object object;
    return object;
}

template <class Object, auto member>
void put_unless_default(XmlWriter& out, std::string_view name, const Object& object) {
    const auto& value = object.*member;
    if (value != defaults<Object>().*member) put(out, name, value);
}

template <class Object, auto member>
constexpr bool is_list = base::is_list<std::remove_cvref_t<decltype(std::declval<Object>().*member)>>;

/// A property that is one field of the description.
template <auto member>
constexpr Property field(std::string_view name) {
    return {name, is_list<Sandbox, member>,
            [](XmlWriter& out, std::string_view element, const Sandbox& sandbox, const Written&) {
                put_unless_default<Sandbox, member>(out, element, sandbox);
            },
            [](pugi::xml_node node, Reading& reading) { get(node, reading.sandbox.*member); }};
}

/// The payload, which is of the kind that its first element is of.
template <class Kind>
Kind& payload_of(pugi::xml_node node, Reading& reading) {
    if (!std::exchange(reading.has_payload, true)) return reading.sandbox.payload.emplace<Kind>();
    auto* payload = std::get_if<Kind>(&reading.sandbox.payload);
    if (payload == nullptr) fail("its metadata has the element " + base::quote(node.name()) + " of another payload");
    return *payload;
}

/// A property that is one field of one kind of payload.
template <class Kind, auto member>
constexpr Property payload(std::string_view name) {
    return {name, is_list<Kind, member>,
            [](XmlWriter& out, std::string_view element, const Sandbox& sandbox, const Written&) {
                if (const auto* kind = std::get_if<Kind>(&sandbox.payload))
                    put_unless_default<Kind, member>(out, element, *kind);
            },
            [](pugi::xml_node node, Reading& reading) { get(node, payload_of<Kind>(node, reading).*member); },
            base::alternative_index<Kind, Payload>()};
}

constexpr std::array properties = {
    payload<Command, &Command::argv>("sandgraft:argument"),
    payload<Command, &Command::directory>("sandgraft:directory"),
    payload<Command, &Command::terminal>("sandgraft:terminal"),
    payload<Services, &Services::goals>("sandgraft:goal"),
    payload<Services, &Services::profile>("sandgraft:profile"),
    payload<Services, &Services::changes>("sandgraft:unit-edit"),
    field<&Sandbox::environment>("sandgraft:variable"),
    field<&Sandbox::user>("sandgraft:user"),
    field<&Sandbox::privileged>("sandgraft:privileged"),
    field<&Sandbox::mask_secrets>("sandgraft:mask-secrets"),
    field<&Sandbox::pids>("sandgraft:pids"),
    field<&Sandbox::limits>("sandgraft:limit"),
    field<&Sandbox::ports>("sandgraft:published-port"),
    Property{"sandgraft:memory", false, write_memory, read_memory},
    Property{"sandgraft:root", false, write_root, read_root},
    Property{target_directory_name, true, write_directories, read_directory},
};

constexpr bool has_each_payload() {
    for (std::size_t kind = 0; kind < std::variant_size_v<Payload>; ++kind)
        if (std::none_of(properties.begin(), properties.end(), [&](const Property& p) { return p.payload == kind; }))
            return false;
    return true;
}
static_assert(has_each_payload());

std::string_view local_name(std::string_view name) { return name.substr(name.find(':') + 1); }

bool is_ours(pugi::xml_node node) {
    if (local_name(node.name()) != "sandbox") return false;
    return std::any_of(node.attributes_begin(), node.attributes_end(), [](pugi::xml_attribute a) {
        return std::string_view(a.name()).starts_with("xmlns") && std::string_view(a.value()) == xml_namespace;
    });
}

using Given = std::array<bool, properties.size()>;

void read_property(pugi::xml_node node, std::string_view name, Given& seen, Reading& reading) {
    const auto property =
        std::find_if(properties.begin(), properties.end(), [&](const Property& p) { return p.name == name; });
    if (property == properties.end()) fail("its metadata has the unknown element " + base::quote(node.name()));
    auto& given = seen[static_cast<std::size_t>(property - properties.begin())];
    if (given && !property->list) fail("its metadata has the element " + base::quote(node.name()) + " twice");
    given = true;
    property->read(node, reading);
}

/// With Sandgraft's own prefix.
std::string full_name(pugi::xml_node node) { return "sandgraft:" + std::string(local_name(node.name())); }

}  // namespace

pugi::xml_node description_in(pugi::xml_node domain) { return domain.child("metadata").find_child(is_ours); }

void write_metadata(XmlWriter& out, const Sandbox& sandbox, const Written& written) {
    out.open("metadata").open("sandgraft:sandbox").attribute("xmlns:sandgraft", xml_namespace);
    for (const Property& property : properties) property.write(out, property.name, sandbox, written);
    write_mounts(out, sandbox.mounts);
    out.close().close();
}

void read_metadata(pugi::xml_node description, Reading& reading) {
    Given seen{};
    for (const pugi::xml_node node : description) {
        const std::string name = full_name(node);
        if (!read_mount(node, name, reading)) read_property(node, name, seen, reading);
    }
}

std::vector<std::string> made_directories(pugi::xml_node description) {
    std::vector<std::string> directories;
    for (const pugi::xml_node node : description.children())
        if (full_name(node) == target_directory_name) get(node, directories);
    return directories;
}

Payload read_payload(pugi::xml_node description) {
    Reading reading;
    for (const pugi::xml_node node : description) {
        const std::string name = full_name(node);
        for (const Property& property : properties)
            if (property.name == name && property.payload != std::variant_npos) property.read(node, reading);
    }
    return std::move(reading.sandbox.payload);
}

}  // namespace sandgraft::domain
