// SPDX-License-Identifier: LGPL-2.1-or-later
#include "samples.hpp"

namespace sandgraft::test {

namespace {

Sandbox plain() {
    Sandbox sandbox;
    sandbox.name = "plain";
    sandbox.payload = Command{.argv = {"/bin/true"}};
    return sandbox;
}

Sandbox every_property() {
    return {
        .name = "every-property",
        .root = "/srv/root & <other>",
        .mounts = {{"/srv/www/cache", Ram{100 << 20}, false}, {"/srv/www", HostBind{"/home/alice/www"}, true}},
        .mask_secrets = false,
        .user = "www-data",
        .privileged = false,
        .environment = {{"LANG", "de_DE.UTF-8"}, {"EMPTY", ""}, {"EQUALS", "a=b"}},
        .memory_bytes = 512 << 20,
        .vcpus = 3,
        .pids = 100,
        .limits = {{"nofile", 1024, 4096}, {"core", 0, Limit::unlimited}},
        .ports = {{"127.0.0.1", 8080, 80}, {"::", 0, 443}},
        .payload = Command{.argv = {"httpd", "-D", "FOREGROUND"}, .directory = "/srv/www", .terminal = true},
    };
}

Sandbox privileged() {
    Sandbox sandbox = plain();
    sandbox.name = "privileged";
    sandbox.privileged = true;
    sandbox.memory_bytes = (64 << 20) + 1;
    return sandbox;
}

/// One of each kind, a parent behind its child, and mounts in place of the implicit ones.
Sandbox mounts() {
    Sandbox sandbox = plain();
    sandbox.name = "mounts";
    sandbox.mounts = {
        {"/var/lib/app/cache", Ram{1000}, false},
        {"/var/lib/app", HostBind{"/srv/app it's \"quoted\""}, false, true, false},
        {"/usr/bin/vi", GuestBind{"/usr/bin/vim"}, true, false, true},
        {"/etc/app.conf", File{std::string("key = value\n\0\xFF", 14), 0640, 33, 65534}, true},
        {"/etc/motd", File{"", 0644}, false},
        {"/etc/shadow", HostBind{"/srv/shadow"}, true},
        {"/opt/\xFF secret ", Mask{}, false},
        {"/mnt", Mask{}, true},
        {"/tmp", HostBind{"/srv/tmp"}, false},
        {"/var/tmp", Ram{1 << 20}, false},
        {"/z\xC3\xBCrich", Ram{1 << 20}, true},
    };
    return sandbox;
}

/// What neither XML nor libvirt keeps as it is.
Sandbox odd_bytes() {
    Sandbox sandbox = plain();
    sandbox.name = "odd-bytes";
    sandbox.payload = Command{.argv = {"printf", "", " ", " lead", "trail ", "a\tb\r\nc", "\x01\x7F\xFF%41", "<&>\"'",
                                       "]]>", "%41", "\xEF\xBF\xBF", "z\xC3\xBCrich"},
                              .directory = "/srv/\xFF\n"};
    sandbox.environment = {{"LINES", "1\n2\n"}, {" odd ", "\xC3"}, {"\n", "\r"}};
    return sandbox;
}

/// Every kind of edit, with names and texts that XML does not keep.
Sandbox services() {
    using Kind = UnitEdit::Kind;
    Sandbox sandbox = plain();
    sandbox.name = "services";
    sandbox.payload = Services{
        .goals = {"httpd.service", "multi-user.target"},
        .profile = UnitProfile::bare,
        .changes = {{.kind = Kind::add, .unit = "a@\xC3\xA4.service", .text = "[Service]\nExecStart=/bin/true\n"},
                    {.kind = Kind::replace, .unit = "dev-disk\\x2d1.mount", .text = ""},
                    {.kind = Kind::add_drop_in, .unit = "httpd.service", .other = "50 '<a>'.conf", .text = " \xFF"},
                    {.kind = Kind::want, .unit = "multi-user.target", .other = "httpd.service"},
                    {.kind = Kind::require, .unit = "httpd.service", .other = "a b.service"},
                    {.kind = Kind::mask, .unit = "getty.target"},
                    {.kind = Kind::remove, .unit = "cron.service"}},
    };
    return sandbox;
}

}  // namespace

const std::vector<Sandbox>& samples() {
    static const std::vector<Sandbox> all = {plain(),  every_property(), privileged(),
                                             mounts(), odd_bytes(),      services()};
    return all;
}

Capabilities fixed_host() {
    return {.driver = Driver::lxc,
            .user = "1000:100",
            .memory_bytes = 8ULL << 30,
            .swap_limit = SwapLimit::memory_and_swap};
}

Provision fixed_provision() { return {.init = "/usr/libexec/sandgraft/sandgraft-init"}; }

std::string document_of(const Sandbox& sandbox) { return to_domain_xml(sandbox, fixed_host(), fixed_provision()); }

}  // namespace sandgraft::test
