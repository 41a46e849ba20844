// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/stored.hpp"

#include "base/text.hpp"
#include "domain/foreign.hpp"
#include "domain/lxc.hpp"
#include "domain/metadata.hpp"
#include "domain/mount_forms.hpp"
#include "domain/parse.hpp"
#include "domain/provision.hpp"
#include "domain/xml_reader.hpp"
#include "domain/xml_writer.hpp"

#include <sstream>

namespace sandgraft::domain {

namespace {

/// A document that is changed in places.
class Edit {
public:
    explicit Edit(std::string_view document) {
        load_whole(document_, document);
        domain_ = domain_element(document_);
    }

    [[nodiscard]] pugi::xml_node domain() const { return domain_; }

    [[nodiscard]] std::string take() const {
        std::ostringstream out;
        document_.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
        return std::move(out).str();
    }

private:
    pugi::xml_document document_;
    pugi::xml_node domain_;
};

/// What a function writes with the writer of whole documents, as a tree.
template <class Write>
pugi::xml_document written_by(const Write& write) {
    XmlWriter out(256);
    write(out);
    pugi::xml_document written;
    load_whole(written, out.take());
    return written;
}

void set_text(pugi::xml_node node, std::string_view text) {
    while (node.remove_child(node.first_child())) continue;
    node.append_child(pugi::node_pcdata).set_value(std::string(text).c_str());
}

void set_attribute(pugi::xml_node node, const char* name, const std::string& value) {
    pugi::xml_attribute attribute = node.attribute(name);
    if (!attribute) attribute = node.append_attribute(name);
    attribute.set_value(value.c_str());
}

bool is_element(pugi::xml_node node, std::string_view name) {
    return node.type() == pugi::node_element && node.name() == name;
}

std::string_view target_of(pugi::xml_node filesystem) { return filesystem.child("target").attribute("dir").value(); }

pugi::xml_node filesystem_at(pugi::xml_node devices, std::string_view target) {
    return devices.find_child(
        [&](pugi::xml_node node) { return is_element(node, "filesystem") && target_of(node) == target; });
}

/// Puts a mount's <source> in the place of the one of a filesystem that the document has.
void set_source(pugi::xml_node devices, const Mount& mount) {
    const auto written = written_by([&](XmlWriter& out) { write_filesystem(out, mount); });
    const pugi::xml_node filesystem = filesystem_at(devices, mount.target);
    const pugi::xml_node old = filesystem ? filesystem.child("source") : pugi::xml_node();
    if (!old) fail("the domain has lost the filesystem at " + base::quote(mount.target));
    pugi::xml_node parent = filesystem;
    parent.insert_copy_before(written.document_element().child("source"), old);
    parent.remove_child(old);
}

/// Of the description as it is read, so what it meant is kept.
void set_description(pugi::xml_node domain, const Sandbox& sandbox, const Written& written) {
    const auto fresh = written_by([&](XmlWriter& out) { write_metadata(out, sandbox, written); });
    const pugi::xml_node old = description_in(domain);
    pugi::xml_node metadata = old.parent();
    metadata.insert_copy_before(fresh.document_element().first_element_by_path("sandgraft:sandbox"), old);
    metadata.remove_child(old);
}

/// Only where the description leaves it to the host: else it may have been edited.
void set_memory(pugi::xml_node domain, const Sandbox& sandbox, const Written& written) {
    if (sandbox.memory_bytes != 0) return;
    const pugi::xml_node memory = domain.child("memory");
    set_attribute(memory, "unit", "b");
    set_text(memory, std::to_string(written.memory_bytes));
    domain.remove_child("currentMemory");
}

void set_swap_limit(pugi::xml_node domain, const Sandbox& sandbox, SwapLimit counted) {
    pugi::xml_node tune = domain.child("memtune");
    while (tune.remove_child("swap_hard_limit")) continue;
    if (const auto limit = swap_limit(sandbox.memory_bytes, counted)) {
        if (!tune) tune = domain.insert_child_after("memtune", domain.child("memory"));
        pugi::xml_node element = tune.append_child("swap_hard_limit");
        set_attribute(element, "unit", "b");
        set_text(element, std::to_string(*limit));
    } else if (tune && !tune.find_child([](pugi::xml_node node) { return node.type() == pugi::node_element; })) {
        domain.remove_child(tune);
    }
}

/// The directories that the start before made for the targets of mounts.
void remove_directories(pugi::xml_node domain) {
    pugi::xml_node devices = domain.child("devices");
    for (const auto& directory : made_directories(description_in(domain)))
        devices.remove_child(devices.find_child([&](pugi::xml_node node) {
            return is_element(node, "filesystem") && node.attribute("type").value() == std::string_view("ram") &&
                   target_of(node) == directory;
        }));
}

/// Behind the last filesystem that it lies in, so before what lies in it.
void add_directory(pugi::xml_node devices, const std::string& directory) {
    pugi::xml_node last;
    for (const pugi::xml_node node : devices.children("filesystem"))
        if (target_of(node) == "/" || base::is_below(directory, target_of(node))) last = node;
    const auto written = written_by([&](XmlWriter& out) { write_filesystem(out, target_directory(directory)); });
    devices.insert_copy_after(written.document_element(), last);
}

void set_name(pugi::xml_node domain, const std::string& name) {
    if (name.empty()) fail("the new name is empty");
    model::check_name(name);
    check_container_name(name);
    set_text(child(domain, "name"), name);
    domain.remove_child("uuid");
}

}  // namespace

Stored read_stored(std::string_view document) {
    pugi::xml_document parsed;
    load(parsed, document);
    const pugi::xml_node domain = domain_element(parsed);
    Stored stored;
    const auto foreign = foreign_elements(domain);
    for (const pugi::xml_node element : foreign) stored.foreign.push_back(describe(element));
    for (const pugi::xml_node element : foreign) element.parent().remove_child(element);
    stored.sandbox = read_domain(domain);
    return stored;
}

Payload read_stored_payload(std::string_view metadata) {
    pugi::xml_document parsed;
    load(parsed, metadata);
    return read_payload(parsed.document_element());
}

std::string provisioned(std::string_view document, const Provision& provision, const Capabilities& capabilities) {
    const Sandbox sandbox = read_stored(document).sandbox;
    check_capabilities(sandbox, capabilities);
    const Provision complete = completed(sandbox, provision);
    const Written written = written_for(sandbox, capabilities, complete);
    const Edit edit(document);
    const pugi::xml_node domain = edit.domain();
    const pugi::xml_node devices = domain.child("devices");
    remove_directories(domain);
    set_memory(domain, sandbox, written);
    set_swap_limit(domain, sandbox, capabilities.swap_limit);
    set_source(devices, {"/", HostBind{complete.root}, true});
    set_source(devices, {std::string(guest_init), HostBind{complete.init}, true});
    set_source(devices, run_filesystem(sandbox, written));
    for (const auto& directory : complete.directories) add_directory(devices, directory);
    set_description(domain, sandbox, written);
    return edit.take();
}

std::string renamed(std::string_view document, const std::string& name) {
    const Edit edit(document);
    set_name(edit.domain(), name);
    return edit.take();
}

std::string cloned(std::string_view document, const std::string& name) {
    const Edit edit(document);
    set_name(edit.domain(), name);
    for (pugi::xml_node interface : edit.domain().child("devices").children("interface")) interface.remove_child("mac");
    return edit.take();
}

}  // namespace sandgraft::domain
