// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "virt/hypervisor.hpp"

#include <sandgraft/stored.hpp>

#include <memory>
#include <string>

namespace sandgraft::session {

/// A domain that is Sandgraft's, and what libvirt says of it.
struct Kept {
    std::unique_ptr<virt::Domain> domain;
    virt::DomainInfo info;

    /// As the next start takes it, or as it is of one that is not defined.
    [[nodiscard]] std::string document() const { return domain->document(virt::Document::next); }
};

/// @throws Error not_found when there is no such domain, or it is not Sandgraft's.
Kept find_kept(const virt::Hypervisor& hypervisor, const std::string& name);

}  // namespace sandgraft::session
