// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "domain/reading.hpp"
#include "domain/xml_writer.hpp"

#include <sandgraft/sandbox.hpp>

#include <pugixml.hpp>

namespace sandgraft::domain {

/// Writes <metadata>: whatever of the description the standard elements cannot hold.
void write_metadata(XmlWriter& out, const Sandbox& sandbox, const Written& written);

/// Completes a description from the domain's <metadata>. Where the standard elements were edited since, they win.
void read_metadata(pugi::xml_node domain, Reading& reading);

}  // namespace sandgraft::domain
