// SPDX-License-Identifier: LGPL-2.1-or-later
#include "virt/libvirt/handle.hpp"

#include "base/text.hpp"

#include <libvirt/virterror.h>

#include <string_view>

namespace sandgraft::virt {

namespace {

ErrorCode classify(int code) {
    switch (code) {
        case VIR_ERR_NO_DOMAIN: return ErrorCode::not_found;
        case VIR_ERR_DOM_EXIST: return ErrorCode::exists;
        case VIR_ERR_NO_SUPPORT:
        case VIR_ERR_CONFIG_UNSUPPORTED:
        case VIR_ERR_ARGUMENT_UNSUPPORTED: return ErrorCode::unsupported;
        case VIR_ERR_AUTH_FAILED:
        case VIR_ERR_AUTH_CANCELLED:
        case VIR_ERR_AUTH_UNAVAILABLE:
        case VIR_ERR_ACCESS_DENIED: return ErrorCode::denied;
        default: return ErrorCode::hypervisor;
    }
}

std::string one_line(std::string_view message) {
    if (const auto cause = message.find(startup_failure); cause != std::string_view::npos)
        return startup_cause(message.substr(cause));
    return base::printable(base::trim(message.substr(0, message.find('\n'))));
}

}  // namespace

std::string startup_cause(std::string_view text) {
    text.remove_prefix(startup_failure.size());
    return base::printable(base::trim(text.substr(0, text.find('\n'))));
}

Error last_error(const std::string& what) {
    const virErrorPtr error = ::virGetLastError();
    if (error == nullptr || error->message == nullptr) return {ErrorCode::hypervisor, what + ": unknown error"};
    return {classify(error->code), what + ": " + one_line(error->message), error->code};
}

void throw_libvirt(const std::string& what) { throw last_error(what); }

}  // namespace sandgraft::virt
