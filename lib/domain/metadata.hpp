// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "domain/reading.hpp"
#include "domain/xml_writer.hpp"

#include <sandgraft/sandbox.hpp>

#include <pugixml.hpp>

#include <string>
#include <vector>

namespace sandgraft::domain {

/// The element of a domain's description; null when Sandgraft did not make it.
pugi::xml_node description_in(pugi::xml_node domain);

/// Writes <metadata>: whatever of the description the standard elements cannot hold.
void write_metadata(XmlWriter& out, const Sandbox& sandbox, const Written& written);

/// Completes a description from that element. Where the standard elements were edited since, they win.
void read_metadata(pugi::xml_node description, Reading& reading);

/// The directories that a start has made for the targets of mounts.
std::vector<std::string> made_directories(pugi::xml_node description);

/// The payload in the element of a description, without the rest.
Payload read_payload(pugi::xml_node description);

}  // namespace sandgraft::domain
