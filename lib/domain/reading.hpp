// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sandgraft::domain {

/// The namespace of a description's element in the metadata.
inline constexpr const char* xml_namespace = "https://sandgraft.org/xmlns/domain/1";

/// Of a RAM filesystem's or a sandbox's memory libvirt keeps whole KiB.
constexpr std::uint64_t to_kib(std::uint64_t bytes) { return bytes / 1024 + (bytes % 1024 != 0 ? 1 : 0); }

/// A filesystem that the document's standard elements describe.
struct Filesystem {
    Mount mount;
    bool listed = false;  ///< by the metadata, so it is one of the description's mounts
};

/// What is known of a document when its metadata is read.
struct Reading {
    Sandbox sandbox;
    std::vector<Filesystem> filesystems;
    std::size_t listed_mounts = 0;
    bool has_payload = false;  ///< so that another kind is refused
};

/// What the standard elements of a document say where that is not what the description says.
struct Written {
    std::uint64_t memory_bytes = 0;
    std::string root;
    std::vector<std::string> directories;  ///< made for the targets of mounts
};

}  // namespace sandgraft::domain
