// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <sandgraft/mount.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

using namespace sandgraft;

namespace {

std::string refusal(std::string_view option) {
    return test::error_of([&] { (void)parse_mount(option); });
}

}  // namespace

TEST_CASE("an option string and the mount that it means") {
    struct Row {
        const char* option;
        Mount mount;
    };
    const Row rows[] = {
        {"type=bind,source=/srv/www,target=/var/www", {"/var/www", HostBind{"/srv/www"}, false}},
        {"type=bind,source=/srv/www,target=/var/www,readonly", {"/var/www", HostBind{"/srv/www"}, true}},
        {"ro,dst=/var/www,src=/,type=bind", {"/var/www", HostBind{"/"}, true}},
        {"type=bind,src=/a,destination=/b,readonly=false", {"/b", HostBind{"/a"}, false}},
        {"type=bind,src=/a,destination=/b,ro=true", {"/b", HostBind{"/a"}, true}},
        {"type=bind,source=/a/b/,target=/c/", {"/c", HostBind{"/a/b"}, false}},
        {"type=bind,source=//,target=/c//", {"/c", HostBind{"/"}, false}},
        {R"(type=bind,"source=/a,b ""c""",target=/b)", {"/b", HostBind{"/a,b \"c\""}, false}},
        {R"("type=bind","source=/a=b",target=/b)", {"/b", HostBind{"/a=b"}, false}},
        {"type=guest-bind,source=/usr/bin/vim,target=/usr/bin/vi", {"/usr/bin/vi", GuestBind{"/usr/bin/vim"}, false}},
        {"type=bind,source=/a,target=/b,suid", {"/b", HostBind{"/a"}, false, true, false}},
        {"type=bind,source=/a,target=/b,dev=true,suid=false,ro", {"/b", HostBind{"/a"}, true, false, true}},
        {"type=guest-bind,dev,suid,source=/a,target=/b", {"/b", GuestBind{"/a"}, false, true, true}},
        {"type=ram,target=/scratch", {"/scratch", Ram{64 << 20}, false}},
        {"type=tmpfs,target=/scratch,size=3G,ro", {"/scratch", Ram{3ULL << 30}, true}},
        {"type=ram,target=/scratch,size=1000", {"/scratch", Ram{1000}, false}},
        {"type=ram,target=/run/lock,size=1M", {"/run/lock", Ram{1 << 20}, false}},
        {"type=file,target=/etc/motd,content=a=b", {"/etc/motd", File{"a=b", 0644}, false}},
        {"type=file,target=/etc/motd", {"/etc/motd", File{"", 0644}, false}},
        {"type=file,target=/etc/motd,base64=AGE=", {"/etc/motd", File{std::string("\0a", 2), 0644}, false}},
        {"type=file,target=/etc/motd,content=,mode=600", {"/etc/motd", File{"", 0600}, false}},
        {"type=file,target=/e,\"content=1,2\n3\",mode=0755,ro", {"/e", File{"1,2\n3", 0755}, true}},
        {"type=file,target=/e,uid=33,gid=0", {"/e", File{"", 0644, 33, 0}, false}},
        {"type=file,target=/e,mode=400,gid=4294967294", {"/e", File{"", 0400, 0, 4294967294}, false}},
        {"type=mask,target=/etc/shadow", {"/etc/shadow", Mask{}, false}},
        {"type=mask,target=/procfs", {"/procfs", Mask{}, false}},
        {"type=mask,target=/\xFF\n", {"/\xFF\n", Mask{}, false}},
        {"type=guest-bind,source=/\xFF,target=/\n", {"/\n", GuestBind{"/\xFF"}, false}},
    };
    for (const auto& row : rows) {
        INFO(row.option);
        CHECK(parse_mount(row.option) == row.mount);
        CHECK(parse_mount(to_option(row.mount)) == row.mount);
    }
}

TEST_CASE("the option string of a mount is short") {
    const std::pair<Mount, const char*> rows[] = {
        {{"/b", HostBind{"/a"}, true}, "type=bind,source=/a,target=/b,readonly"},
        {{"/b", Ram{1536 << 10}, false}, "type=ram,size=1536K,target=/b"},
        {{"/b", File{"x,\"y\"", 0600}, false}, "type=file,\"content=x,\"\"y\"\"\",mode=600,target=/b"},
        {{"/b", File{std::string("\0", 1), 0644}, false}, "type=file,base64=AA==,mode=644,target=/b"},
        {{"/b", File{"", 0644, 1, 2}, false}, "type=file,content=,mode=644,uid=1,gid=2,target=/b"},
        {{"/b", GuestBind{"/a"}, true, true, true}, "type=guest-bind,source=/a,target=/b,readonly,suid,dev"},
        {{"/b", Mask{}, true}, "type=mask,target=/b,readonly"},
    };
    for (const auto& [mount, option] : rows) CHECK(to_option(mount) == option);
}

TEST_CASE("a malformed option is refused by its offending text") {
    struct Row {
        const char* option;
        const char* reason;
    };
    const Row rows[] = {
        {"", "a field is empty"},
        {",", "a field is empty"},
        {"bind", "unknown key 'bind'"},
        {"target=/b", "it has no type"},
        {"type=bnd,target=/b", "type 'bnd' is not one of bind, guest-bind, ram, file, mask"},
        {"type=bind,target=/b", "type 'bind' needs a source"},
        {"type=bind,source=/a", "type 'bind' needs a target"},
        {"type=bind,source=/a,target=/b,", "a field is empty"},
        {"type=bind,source=/a,target=/b,Source=/c", "unknown key 'Source'"},
        {"type=bind,source=/a,target=/b,size=1M", "type 'bind' has no key 'size'"},
        {"type=mask,source=/a,target=/b", "type 'mask' has no key 'source'"},
        {"type=bind,source=/a,src=/c,target=/b", "key 'src' is given twice"},
        {"type=bind,type=bind,source=/a,target=/b", "key 'type' is given twice"},
        {"type=bind,source=/a,target=/b,ro,readonly", "key 'readonly' is given twice"},
        {"type=bind,source=/a,target=/b,ro=1", "readonly is true or false, not '1'"},
        {"type=bind,source=/a,target=/b,suid=1", "suid is true or false, not '1'"},
        {"type=bind,source=/a,target=/b,dev=no", "dev is true or false, not 'no'"},
        {"type=ram,target=/b,suid", "type 'ram' has no key 'suid'"},
        {"type=file,target=/b,dev", "type 'file' has no key 'dev'"},
        {"type=bind,source=,target=/b", "key 'source' has an empty value"},
        {"type=bind,source,target=/b", "key 'source' has no value"},
        {"type=bind,source=/a,target=", "key 'target' has an empty value"},
        {"type=bind,source=/a,target=/b,ro=", "key 'ro' has an empty value"},
        {"type=bind,source=/a/../b,target=/b", "source '/a/../b' has a component '.' or '..'"},
        {"type=bind,source=/a\x01,target=/b", "source '/a\\x01' is not UTF-8 text without control characters"},
        {"type=bind,source=/a\xFF,target=/b", "source '/a\\xff' is not UTF-8 text without control characters"},
        {"type=bind,source=/a\xEF\xBF\xBF,target=/b",
         "source '/a\xEF\xBF\xBF' is not UTF-8 text without control characters"},
        {"type=bind,source=/a,target=etc/httpd", "mount target 'etc/httpd' is not an absolute path"},
        {"type=bind,source=/a,target=/b/..", "mount target '/b/..' has a component '.' or '..'"},
        {"type=bind,source=/a,target=/./b", "mount target '/./b' has a component '.' or '..'"},
        {"type=bind,source=/a,target=//b", "mount target '//b' has an empty component"},
        {"type=bind,source=/a,target=/b//c", "mount target '/b//c' has an empty component"},
        {"type=ram,target=/", "mount target '/' is refused: / is the sandbox's root"},
        {"type=ram,target=/run", "mount target '/run' is refused: /run is Sandgraft's; mount on a directory in it"},
        {"type=ram,target=/proc/sys", "mount target '/proc/sys' is refused: /proc is the kernel's"},
        {"type=ram,target=/dev", "mount target '/dev' is refused: /dev is made by the hypervisor"},
        {"type=mask,target=/run/sandgraft-init",
         "mount target '/run/sandgraft-init' is refused: /run/sandgraft-init is Sandgraft's"},
        {"type=ram,target=/b,size=0", "size 0 of mount '/b' is not between 1 byte and 1 EiB"},
        {"type=ram,target=/b,size=2097152T", "size 2305843009213693952 of mount '/b' is not between 1 byte and 1 EiB"},
        {"type=ram,target=/b,size=-1", "size '-1' is not a number with an optional suffix K, M, G or T"},
        {"type=ram,target=/b,size=18446744073709551616",
         "size '18446744073709551616' is not a number with an optional suffix K, M, G or T"},
        {"type=file,target=/b,base64=AGE", "content 'AGE' is not base64"},
        {"type=file,target=/b,content=a,base64=AGE=", "a file has either a source or a content"},
        {"type=file,target=/b,content=a,source=/etc/hostname", "a file has either a source or a content"},
        {"type=file,target=/b,mode=800", "mode '800' is not an octal number up to 777"},
        {"type=file,target=/b,mode=1777", "mode '1777' is not an octal number up to 777"},
        {"type=file,target=/b,mode=rw", "mode 'rw' is not an octal number up to 777"},
        {"type=file,target=/b,uid=www-data", "uid 'www-data' is not a number up to 4294967294"},
        {"type=file,target=/b,uid=-1", "uid '-1' is not a number up to 4294967294"},
        {"type=file,target=/b,gid=4294967295", "gid '4294967295' is not a number up to 4294967294"},
        {"type=file,target=/b,gid=", "key 'gid' has an empty value"},
        {"type=ram,target=/b,uid=1", "type 'ram' has no key 'uid'"},
        {"type=file,target=/b,source=/dev/zero", "'/dev/zero' is not a regular file"},
        {"type=file,target=/b,source=/nonexistent", "cannot open '/nonexistent': No such file or directory"},
        {"type=bind,\"source=/a,target=/b", "the double quote before 'source=/a,target=/b' is not closed"},
        {"type=bind,\"source=/a\"x,target=/b", "there is 'x,target=/b' behind a closing double quote"},
        {"type=bind,source=/\"a\",target=/b", "a double quote in the middle of 'source=/\"a\"'"},
    };
    for (const auto& row : rows) {
        const std::string option = row.option;
        INFO(option);
        const std::string message = refusal(option);
        INFO(message);
        CHECK(message.starts_with("mount option '"));
        CHECK(message.ends_with(std::string("': ") + row.reason));
    }
}

TEST_CASE("a NUL byte in an option is an error, in a content it is content") {
    CHECK(refusal({"type=ram,target=/a\0b", 20}).ends_with("'/a\\x00b' contains a NUL byte"));
    const Mount mount{"/a", File{std::string("\0\xFF", 2)}, false};
    CHECK(parse_mount(to_option(mount)) == mount);
}

TEST_CASE("a host file is read when the option is") {
    char path[] = "/tmp/sandgraft-test-XXXXXX";
    const int fd = ::mkstemp(path);
    REQUIRE(::write(fd, "hello", 5) == 5);
    const std::string option = std::string("type=file,target=/a,source=") + path;
    CHECK(parse_mount(option) == Mount{"/a", File{"hello", 0600, ::getuid(), ::getgid()}, false});
    REQUIRE(::fchmod(fd, 04751) == 0);
    CHECK(parse_mount(option) == Mount{"/a", File{"hello", 0751, ::getuid(), ::getgid()}, false});
    CHECK(parse_mount(option + ",mode=640,uid=7") == Mount{"/a", File{"hello", 0640, 7, ::getgid()}, false});
    CHECK(parse_mount(option + ",gid=8") == Mount{"/a", File{"hello", 0751, ::getuid(), 8}, false});
    REQUIRE(::ftruncate(fd, (1 << 20) + 1) == 0);
    CHECK(refusal(option).ends_with("is larger than 1048576 bytes"));
    ::close(fd);
    std::remove(path);
}

TEST_CASE("a relative source of a bind is taken from the current directory") {
    const auto here = std::filesystem::current_path();
    const auto source = [](const std::string& text) {
        return std::get<HostBind>(parse_mount("type=bind,target=/b,source=" + text).source).path;
    };
    CHECK(source("a") == here / "a");
    CHECK(source("./a/") == here / "a");
    CHECK(source(".") == here);
    CHECK(source("..") == here.parent_path());
    CHECK(source("../a/./b") == here.parent_path() / "a/b");
}
