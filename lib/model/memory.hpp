// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace sandgraft::model {

/// How much sooner than init and the hypervisor's controller the command is to be killed when the memory is used up, in
/// the thousandths of the memory that proc(5) counts in: as if it held 64 MiB more, which is three times what they
/// hold. When the whole host is short of memory the command is a little nearer to its end than others, the more the
/// narrower its limit.
/// @param memory_bytes  of the sandbox; 0: nobody knows.
std::uint32_t oom_score(std::uint64_t memory_bytes);

}  // namespace sandgraft::model
