// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::domain {

/// What a document says that libvirt has kept, and perhaps somebody edited.
struct Stored {
    Sandbox sandbox;
    std::vector<std::string> foreign;  ///< the elements that no description has, such as "devices/hostdev mode='x'"
};

/// Reads a document as from_domain_xml() does, but for foreign elements, which it names.
Stored read_stored(std::string_view document);

/// What is run, as far as it is said in the metadata that libvirt has of a domain.
Payload read_stored_payload(std::string_view metadata);

// Edits of a document. What they do not name stays as it is, to the last comment.

/// With what one start is given in the place of what another start was given.
std::string provisioned(std::string_view document, const Provision& provision, const Capabilities& capabilities);

/// With another name and without a UUID: libvirt knows one of a name and UUID only.
/// @throws Error invalid or unsupported when no sandbox can have that name.
std::string renamed(std::string_view document, const std::string& name);

/// Likewise, and without the addresses that two network interfaces cannot have.
std::string cloned(std::string_view document, const std::string& name);

}  // namespace sandgraft::domain
