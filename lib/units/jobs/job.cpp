// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/jobs/job.hpp"

namespace sandgraft {

std::string to_string(UnitJob::Type type) {
    switch (type) {
        case UnitJob::Type::start: return "start";
        case UnitJob::Type::verify_active: return "verify-active";
        case UnitJob::Type::stop: break;
    }
    return "stop";
}

}  // namespace sandgraft
