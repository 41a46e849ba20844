// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <string>
#include <vector>

namespace sandgraft::bench {

/// One step of writing a document.
struct Step {
    enum class Kind { open, attribute, text, close } kind{};
    std::string name = {};
    std::string value = {};
};

/// The steps that write a document, taken from the document itself.
std::vector<Step> steps_of(const std::string& document);

/// The document by plain pugixml calls: every element and attribute appended, then saved.
std::string write_with_pugixml(const std::vector<Step>& steps);

/// Parses the document and visits every element and attribute; the number of bytes seen.
std::size_t read_with_pugixml(const std::string& document);

/// The document by libvirt-gconfig, as far as that has words for it: no capabilities, no environment of the init and
/// no CPU quota, so it does less than the others.
/// @param metadata  Sandgraft's element of the metadata, which gconfig takes as a text and parses; empty: none
std::string write_with_gconfig(const Sandbox& sandbox, const Capabilities& host, const std::string& metadata);

/// Parses the document and asks for its name, memory, processors and devices; the number of devices.
std::size_t read_with_gconfig(const std::string& document);

}  // namespace sandgraft::bench
