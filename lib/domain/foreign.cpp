// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/foreign.hpp"

#include "base/text.hpp"
#include "domain/metadata.hpp"
#include "domain/mount_forms.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace sandgraft::domain {

namespace {

/// Elements that a document has anyway: of a description, or libvirt's own.
constexpr std::array<std::string_view, 30> known = {
    "name",
    "uuid",
    "memory",
    "currentMemory",
    "memtune/swap_hard_limit",
    "vcpu",
    "cputune/period",
    "cputune/quota",
    "resource/partition",
    "os/type",
    "os/init",
    "features/privnet",
    "features/capabilities/setuid",
    "features/capabilities/setgid",
    "features/capabilities/setfcap",
    "clock",
    "on_poweroff",
    "on_reboot",
    "on_crash",
    "seclabel",
    "devices/emulator",
    "devices/console/source",
    "devices/console/target",
    "devices/console/alias",
    "devices/filesystem/source",
    "devices/filesystem/target",
    "devices/filesystem/readonly",
    "devices/filesystem/alias",
    "devices/filesystem/address",
    "metadata/",  // and what is in it is somebody else's
};

bool is_known(std::string_view path) { return std::find(known.begin(), known.end(), path) != known.end(); }

/// Whether a known one lies in it.
bool holds_known(std::string_view path) {
    return std::any_of(known.begin(), known.end(), [&](std::string_view k) {
        return k.starts_with(path) && k.substr(path.size()).starts_with('/');
    });
}

bool is_foreign_filesystem(pugi::xml_node node, std::string_view path) {
    return path == "devices/filesystem" && !is_filesystem(node);
}

void collect(pugi::xml_node parent, const std::string& prefix, std::vector<pugi::xml_node>& found) {
    const pugi::xml_node ours = prefix == "metadata/" ? description_in(parent.parent()) : pugi::xml_node();
    for (const pugi::xml_node node : parent.children()) {
        if (node.type() != pugi::node_element || node == ours) continue;
        const std::string path = prefix + node.name();
        if (is_foreign_filesystem(node, path) || !(is_known(path) || holds_known(path)))
            found.push_back(node);
        else if (!is_known(path))
            collect(node, path + '/', found);
    }
}

}  // namespace

std::vector<pugi::xml_node> foreign_elements(pugi::xml_node domain) {
    std::vector<pugi::xml_node> found;
    collect(domain, "", found);
    return found;
}

std::string describe(pugi::xml_node element) {
    std::string text = element.name();
    for (pugi::xml_node parent = element.parent(); parent.parent().parent(); parent = parent.parent())
        text = std::string(parent.name()) + '/' + text;
    for (const pugi::xml_attribute attribute : element.attributes())
        text += std::string(" ") + attribute.name() + "='" + attribute.value() + "'";
    return base::printable(text);
}

}  // namespace sandgraft::domain
