// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bench/domain_peers.hpp"

#include <libvirt-gconfig/libvirt-gconfig.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <pugixml.hpp>
#include <stdexcept>

namespace sandgraft::bench {

namespace {

class StringWriter : public pugi::xml_writer {
public:
    StringWriter() { text.reserve(16 * 1024); }
    void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
    std::string text;
};

void add_steps(pugi::xml_node node, std::vector<Step>& steps) {
    if (node.type() == pugi::node_pcdata) {
        steps.push_back({.kind = Step::Kind::text, .value = node.value()});
        return;
    }
    steps.push_back({.kind = Step::Kind::open, .name = node.name()});
    for (const pugi::xml_attribute attribute : node.attributes())
        steps.push_back({.kind = Step::Kind::attribute, .name = attribute.name(), .value = attribute.value()});
    for (const pugi::xml_node child : node) add_steps(child, steps);
    steps.push_back({.kind = Step::Kind::close});
}

std::size_t visit(pugi::xml_node node) {
    std::size_t bytes = std::strlen(node.name()) + std::strlen(node.value());
    for (const pugi::xml_attribute attribute : node.attributes()) bytes += std::strlen(attribute.value());
    for (const pugi::xml_node child : node) bytes += visit(child);
    return bytes;
}

struct Unref {
    void operator()(gpointer object) const { g_object_unref(object); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

void add_filesystem(GVirConfigDomain* domain, GVirConfigDomainFilesysType type, const char* source, guint64 bytes,
                    const char* target, bool read_only) {
    const Ref<GVirConfigDomainFilesys> filesystem(gvir_config_domain_filesys_new());
    gvir_config_domain_filesys_set_type(filesystem.get(), type);
    if (type == GVIR_CONFIG_DOMAIN_FILESYS_RAM)
        gvir_config_domain_filesys_set_ram_usage(filesystem.get(), bytes);
    else
        gvir_config_domain_filesys_set_source(filesystem.get(), source);
    gvir_config_domain_filesys_set_target(filesystem.get(), target);
    if (read_only) gvir_config_domain_filesys_set_readonly(filesystem.get(), TRUE);
    gvir_config_domain_add_device(domain, GVIR_CONFIG_DOMAIN_DEVICE(filesystem.get()));
}

void add_mount(GVirConfigDomain* domain, const Mount& mount) {
    if (const auto* bind = std::get_if<HostBind>(&mount.source))
        add_filesystem(domain, GVIR_CONFIG_DOMAIN_FILESYS_MOUNT, bind->path.c_str(), 0, mount.target.c_str(),
                       mount.read_only);
    else if (const auto* ram = std::get_if<Ram>(&mount.source))
        add_filesystem(domain, GVIR_CONFIG_DOMAIN_FILESYS_RAM, nullptr, ram->bytes, mount.target.c_str(),
                       mount.read_only);
}

void add_console(GVirConfigDomain* domain) {
    const Ref<GVirConfigDomainChardevSourcePty> source(gvir_config_domain_chardev_source_pty_new());
    const Ref<GVirConfigDomainConsole> console(gvir_config_domain_console_new());
    gvir_config_domain_chardev_set_source(GVIR_CONFIG_DOMAIN_CHARDEV(console.get()),
                                          GVIR_CONFIG_DOMAIN_CHARDEV_SOURCE(source.get()));
    gvir_config_domain_add_device(domain, GVIR_CONFIG_DOMAIN_DEVICE(console.get()));
}

void set_os(GVirConfigDomain* domain) {
    const Ref<GVirConfigDomainOs> os(gvir_config_domain_os_new());
    gvir_config_domain_os_set_os_type(os.get(), GVIR_CONFIG_DOMAIN_OS_TYPE_EXE);
    gvir_config_domain_os_set_init(os.get(), "/run/sandgraft-init");
    gvir_config_domain_set_os(domain, os.get());
}

}  // namespace

std::vector<Step> steps_of(const std::string& document) {
    pugi::xml_document parsed;
    if (!parsed.load_string(document.c_str())) throw std::runtime_error("the document is malformed");
    std::vector<Step> steps;
    add_steps(parsed.document_element(), steps);
    return steps;
}

std::string write_with_pugixml(const std::vector<Step>& steps) {
    pugi::xml_document document;
    pugi::xml_node node = document;
    for (const auto& [kind, name, value] : steps) switch (kind) {
            case Step::Kind::open: node = node.append_child(name.c_str()); break;
            case Step::Kind::attribute: node.append_attribute(name.c_str()).set_value(value.c_str()); break;
            case Step::Kind::text: node.append_child(pugi::node_pcdata).set_value(value.c_str()); break;
            case Step::Kind::close: node = node.parent(); break;
        }
    StringWriter writer;
    document.save(writer, "  ", pugi::format_default | pugi::format_no_declaration);
    return std::move(writer.text);
}

std::size_t read_with_pugixml(const std::string& document) {
    pugi::xml_document parsed;
    if (!parsed.load_buffer(document.data(), document.size())) throw std::runtime_error("the document is malformed");
    return visit(parsed);
}

std::string write_with_gconfig(const Sandbox& sandbox, const Capabilities& host, const std::string& metadata) {
    const Ref<GVirConfigDomain> domain(gvir_config_domain_new());
    gvir_config_domain_set_virt_type(domain.get(), GVIR_CONFIG_DOMAIN_VIRT_LXC);
    gvir_config_domain_set_name(domain.get(), sandbox.name.c_str());
    gvir_config_domain_set_memory(domain.get(),
                                  (sandbox.memory_bytes != 0 ? sandbox.memory_bytes : host.memory_bytes) / 1024);
    gvir_config_domain_set_vcpus(domain.get(), static_cast<unsigned>(std::max(std::ceil(sandbox.vcpus), 1.0)));
    if (!metadata.empty())
        gvir_config_domain_set_custom_xml(domain.get(), metadata.c_str(), "sandgraft",
                                          "https://sandgraft.org/xmlns/domain/1", nullptr);
    set_os(domain.get());
    for (const auto event : {GVIR_CONFIG_DOMAIN_LIFECYCLE_ON_POWEROFF, GVIR_CONFIG_DOMAIN_LIFECYCLE_ON_REBOOT,
                             GVIR_CONFIG_DOMAIN_LIFECYCLE_ON_CRASH})
        gvir_config_domain_set_lifecycle(domain.get(), event, GVIR_CONFIG_DOMAIN_LIFECYCLE_DESTROY);
    add_filesystem(domain.get(), GVIR_CONFIG_DOMAIN_FILESYS_MOUNT, sandbox.root.c_str(), 0, "/", true);
    for (const char* target : {"/run", "/tmp"})
        add_filesystem(domain.get(), GVIR_CONFIG_DOMAIN_FILESYS_RAM, nullptr, 32 << 20, target, false);
    add_filesystem(domain.get(), GVIR_CONFIG_DOMAIN_FILESYS_MOUNT, "/usr/libexec/sandgraft/sandgraft-init", 0,
                   "/run/sandgraft-init", true);
    for (const auto& mount : sandbox.mounts) add_mount(domain.get(), mount);
    for (int i = 0; i < 2; ++i) add_console(domain.get());
    gchar* text = gvir_config_object_to_xml(GVIR_CONFIG_OBJECT(domain.get()));
    std::string document = text;
    g_free(text);
    return document;
}

std::size_t read_with_gconfig(const std::string& document) {
    const Ref<GVirConfigDomain> domain(gvir_config_domain_new_from_xml(document.c_str(), nullptr));
    if (!domain) throw std::runtime_error("gconfig refuses the document");
    std::size_t found = std::strlen(gvir_config_domain_get_name(domain.get())) != 0 ? 1 : 0;
    found += gvir_config_domain_get_memory(domain.get()) != 0 ? 1 : 0;
    found += gvir_config_domain_get_vcpus(domain.get()) != 0 ? 1 : 0;
    GList* devices = gvir_config_domain_get_devices(domain.get());
    found += g_list_length(devices);
    g_list_free_full(devices, g_object_unref);
    return found;
}

}  // namespace sandgraft::bench
