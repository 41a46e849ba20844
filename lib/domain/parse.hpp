// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <pugixml.hpp>

namespace sandgraft::domain {

/// The domain of a document that holds nothing else.
pugi::xml_node domain_element(const pugi::xml_document& document);

/// See from_domain_xml().
Sandbox read_domain(pugi::xml_node domain);

}  // namespace sandgraft::domain
