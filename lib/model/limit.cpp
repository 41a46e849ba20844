// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/limit.hpp"

#include "base/text.hpp"
#include "model/checks.hpp"

#include <sys/resource.h>
#include <algorithm>
#include <array>

namespace sandgraft {

namespace {

using base::quote;
using model::fail;

struct Resource {
    std::string_view name;
    int number;
};

constexpr std::array resources = {
    Resource{"as", RLIMIT_AS},
    Resource{"core", RLIMIT_CORE},
    Resource{"cpu", RLIMIT_CPU},
    Resource{"data", RLIMIT_DATA},
    Resource{"fsize", RLIMIT_FSIZE},
    Resource{"locks", RLIMIT_LOCKS},
    Resource{"memlock", RLIMIT_MEMLOCK},
    Resource{"msgqueue", RLIMIT_MSGQUEUE},
    Resource{"nice", RLIMIT_NICE},
    Resource{"nofile", RLIMIT_NOFILE},
    Resource{"nproc", RLIMIT_NPROC},
    Resource{"rss", RLIMIT_RSS},
    Resource{"rtprio", RLIMIT_RTPRIO},
    Resource{"rttime", RLIMIT_RTTIME},
    Resource{"sigpending", RLIMIT_SIGPENDING},
    Resource{"stack", RLIMIT_STACK},
};
static_assert(Limit::unlimited == RLIM_INFINITY);

std::uint64_t parse_value(std::string_view name, std::string_view text) {
    if (text == "unlimited" || text == "-1") return Limit::unlimited;
    if (const auto value = base::parse_u64(text)) return *value;
    fail("limit " + quote(name) + " of " + quote(text) + " is not a number or unlimited");
}

void check_limit(const Limit& limit) {
    (void)model::resource_of(limit);
    if (limit.soft > limit.hard) fail("the soft limit " + quote(limit.name) + " is above the hard one");
}

}  // namespace

namespace model {

int resource_of(const Limit& limit) {
    const auto found =
        std::find_if(resources.begin(), resources.end(), [&](const Resource& r) { return r.name == limit.name; });
    if (found == resources.end()) fail("there is no limit " + quote(limit.name));
    return found->number;
}

void check_limits(const std::vector<Limit>& limits) {
    for (auto limit = limits.begin(); limit != limits.end(); ++limit) {
        check_limit(*limit);
        if (std::any_of(limits.begin(), limit, [&](const Limit& other) { return other.name == limit->name; }))
            fail("limit " + quote(limit->name) + " is given twice");
    }
}

}  // namespace model

Limit parse_limit(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) fail("limit " + quote(text) + " is not NAME=SOFT or NAME=SOFT:HARD");
    const auto values = text.substr(equals + 1);
    const auto colon = values.find(':');
    Limit limit{.name = std::string(text.substr(0, equals))};
    limit.soft = parse_value(limit.name, values.substr(0, colon));
    limit.hard = colon == std::string_view::npos ? limit.soft : parse_value(limit.name, values.substr(colon + 1));
    check_limit(limit);
    return limit;
}

}  // namespace sandgraft
