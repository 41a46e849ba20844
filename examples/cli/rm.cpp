// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot_unit.hpp"
#include "kept.hpp"
#include "running.hpp"

#include <sandgraft/error.hpp>

#include <array>

namespace cli {

namespace {

constexpr std::array flags = {
    Flag{"force,f", "end those that are running"},
};

constexpr KeptUsage usage = {
    .usage = "rm NAME... [OPTION...]",
    .text =
        "Has libvirt forget sandboxes. One that is running is left, unless it is forced to\n"
        "end first. Its unit of 'create --on-boot' goes with it.\n",
    .examples =
        "  sandgraft rm web\n"
        "  sandgraft rm --force web web-test\n",
    .flags = flags,
    .least = 1,
    .most = 1000000,
};

/// One that a program runs is gone with its end.
void force(const sandgraft::Host& host, const std::string& name) {
    host.destroy(name);
    try {
        host.undefine(name);
    } catch (const sandgraft::Error& error) {
        if (error.code() != sandgraft::ErrorCode::not_found) throw;
    }
}

void remove(const sandgraft::Host& host, const std::string& name) {
    try {
        when_ended(name, [&] { host.undefine(name); });
    } catch (const sandgraft::Error& error) {
        if (error.code() != sandgraft::ErrorCode::wrong_state) throw;
        throw sandgraft::Error(error.code(), std::string(error.what()) + "; --force ends it");
    }
}

/// A unit whose sandbox somebody else has removed can be removed too.
void remove_all_of(const sandgraft::Host& host, const std::string& name, const KeptRequest& request) {
    const BootUnit unit(name, request.uri);
    try {
        with_sandbox(host, name, [&] { request.has("force") ? force(host, name) : remove(host, name); });
    } catch (const sandgraft::Error& error) {
        if (error.code() != sandgraft::ErrorCode::not_found || !unit.exists()) throw;
    }
    unit.remove();
}

int run(const KeptRequest& request) {
    const auto host = request.open();
    for (const auto& name : request.names) remove_all_of(host, name, request);
    return 0;
}

}  // namespace

int rm(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
