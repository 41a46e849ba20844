// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <pugixml.hpp>

#include <string>
#include <vector>

namespace sandgraft::domain {

/// The elements of a domain that neither a description nor libvirt by itself puts there, the outermost of each.
std::vector<pugi::xml_node> foreign_elements(pugi::xml_node domain);

/// Such an element as one line: its path in the domain and its attributes.
std::string describe(pugi::xml_node element);

}  // namespace sandgraft::domain
