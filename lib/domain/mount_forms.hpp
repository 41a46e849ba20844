// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "domain/reading.hpp"
#include "domain/xml_writer.hpp"
#include "wire/guest_config.hpp"

#include <pugixml.hpp>

#include <string_view>
#include <vector>

namespace sandgraft::domain {

/// Writes the <filesystem> of a mount that the hypervisor makes, nothing for those of init.
void write_filesystem(XmlWriter& out, const Mount& mount);

/// Whether a <filesystem> is of a type that a mount can have.
bool is_filesystem(pugi::xml_node node);

Mount read_filesystem(pugi::xml_node node);

/// Writes the element of the metadata of each mount, in the order in which they are given.
void write_mounts(XmlWriter& out, const std::vector<Mount>& mounts);

/// Reads an element of the metadata when it is a mount's.
/// @param name  the element's, with Sandgraft's own prefix.
/// @return whether it is.
bool read_mount(pugi::xml_node node, std::string_view name, Reading& reading);

/// What init has to know of a mount.
wire::GuestConfig::Mount guest_mount(const Mount& mount);

}  // namespace sandgraft::domain
