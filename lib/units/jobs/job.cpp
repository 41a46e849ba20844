// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/jobs/job.hpp"

namespace sandgraft::units {

std::string_view to_string(JobType type) {
    switch (type) {
        case JobType::start: return "start";
        case JobType::verify_active: return "verify-active";
        case JobType::stop: break;
    }
    return "stop";
}

}  // namespace sandgraft::units
