// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <vector>

namespace sandgraft::test {

/// Descriptions that together use every property; their names are the names of their golden files.
const std::vector<Sandbox>& samples();

/// A host that stays the same.
Capabilities fixed_host();
Provision fixed_provision();

/// The document for both.
std::string document_of(const Sandbox& sandbox);

}  // namespace sandgraft::test
