// SPDX-License-Identifier: LGPL-2.1-or-later
// sandgraft show: what libvirt has of a sandbox.
#include "boot_unit.hpp"
#include "json.hpp"
#include "kept.hpp"
#include "options.hpp"

#include <array>
#include <iostream>

namespace cli {

namespace {

using sandgraft::StoredSandbox;

constexpr std::array flags = {
    Flag{"xml", "print libvirt's document, as the next start takes it"},
    Flag{"json", "print JSON"},
};

constexpr KeptUsage usage = {
    .usage = "show NAME [OPTION...]",
    .text =
        "Prints the command that makes the sandbox again. What somebody has added to its\n"
        "document, and no option says, is named in comments behind it; 'clone' and 'rename'\n"
        "keep it.\n",
    .examples =
        "  sandgraft show web\n"
        "  sandgraft show web | sed s/web/web2/ | sh\n"
        "  sandgraft show --xml web | virt-xml-validate - domain\n",
    .flags = flags,
    .least = 1,
    .most = 1,
};

std::string options_json(const sandgraft::Sandbox& sandbox) {
    return has_options(sandbox) ? json_list(to_options(sandbox)) : "null";
}

std::string environment_json(const sandgraft::Sandbox& sandbox) {
    std::vector<std::pair<std::string, std::string>> members;
    for (const auto& [name, value] : sandbox.environment) members.emplace_back(name, json_text(value));
    return json_object(members);
}

std::string mounts_json(const sandgraft::Sandbox& sandbox) {
    Arguments options;
    for (const auto& mount : sandbox.mounts) options.push_back(to_option(mount));
    return json_list(options);
}

void print_json(const StoredSandbox& stored, bool on_boot) {
    const auto& sandbox = stored.description;
    std::cout << json_object({{"name", json_text(sandbox.name)},
                              {"uuid", json_text(stored.info.uuid)},
                              {"state", json_text(to_string(stored.info.state))},
                              {"kept", stored.info.defined ? "true" : "false"},
                              {"onBoot", on_boot ? "true" : "false"},
                              {"root", json_text(sandbox.root)},
                              {"user", json_text(sandbox.user)},
                              {"command", json_list(payload_words(sandbox.payload))},
                              {"environment", environment_json(sandbox)},
                              {"mounts", mounts_json(sandbox)},
                              {"publish", ports_json(sandbox.ports)},
                              {"ports", ports_json(stored.info.ports)},
                              {"memoryBytes", std::to_string(sandbox.memory_bytes)},
                              {"options", options_json(sandbox)},
                              {"foreign", json_list(stored.foreign)}})
              << '\n';
}

void print_options(const StoredSandbox& stored, bool on_boot) {
    Arguments words = to_options(stored.description);
    if (on_boot) words.insert(words.begin(), "--on-boot");
    words.insert(words.begin(), {"sandgraft", "create"});
    std::cout << shell_words(words) << '\n';
    for (const auto& foreign : stored.foreign) std::cout << "# no option says: " << foreign << '\n';
}

int run(const KeptRequest& request) {
    const auto host = request.open();
    with_sandbox(host, request.names[0], [&] {
        const auto stored = host.find(request.names[0]);
        const bool on_boot = BootUnit(request.names[0], request.uri).exists();
        if (request.has("json"))
            print_json(stored, on_boot);
        else if (request.has("xml"))
            std::cout << stored.document;
        else
            print_options(stored, on_boot);
    });
    return 0;
}

}  // namespace

int show(const Arguments& arguments) { return run_kept(usage, arguments, run); }

}  // namespace cli
