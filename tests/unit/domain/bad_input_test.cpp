// SPDX-License-Identifier: LGPL-2.1-or-later
#include "samples.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <sandgraft/sandbox.hpp>

#include <sys/resource.h>
#include <chrono>

using namespace sandgraft;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer);
#else
constexpr bool sanitized = false;
#endif

std::string sample(std::size_t index) { return test::document_of(test::samples()[index]); }

std::string plain() { return sample(0); }
std::string mounts() { return sample(3); }
std::string services() { return sample(5); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto position = text.find(from);
    REQUIRE(position != std::string::npos);
    return text.replace(position, from.size(), to);
}

std::string repeated(const std::string& piece, std::size_t times) {
    std::string out;
    out.reserve(piece.size() * times);
    for (std::size_t i = 0; i < times; ++i) out += piece;
    return out;
}

std::string nested(std::size_t levels) { return repeated("<a>", levels) + repeated("</a>", levels); }

std::string refusal(const std::string& document) {
    return test::error_of([&] { (void)from_domain_xml(document); });
}

struct Row {
    std::string document;
    std::string message;
};

void check(const std::vector<Row>& rows) {
    for (const auto& row : rows) CHECK(refusal(row.document) == row.message);
}

}  // namespace

TEST_CASE("a document that is not XML, or more than that, is refused") {
    check({
        {"", "domain document is malformed at byte 0: No document element found"},
        {"<domain", "domain document is malformed at byte 6: Error parsing start element tag"},
        {"<domain></devices>", "domain document is malformed at byte 10: Start-end tags mismatch"},
        {"<network/>", "document element is 'network', not 'domain'"},
        {plain() + "<domain/>", "domain document goes on with 'domain'"},
        {"<!DOCTYPE domain [<!ENTITY a 'aaaa'>]>" + plain(),
         "domain document has a document type declaration: '<!DOCTYPE domain [<!'"},
        {replaced(plain(), "/bin/true", "&lol9;"), "domain document has the unknown reference '&lol9'"},
        {replaced(plain(), "/bin/true", "&"), "domain document has the unknown reference '&</sandgraf'"},
        {replaced(plain(), "/bin/true", "a&#0;b"), "domain document has the unknown reference '&#0'"},
        {replaced(plain(), "/bin/true", "a&#x110000;b"), "domain document has the unknown reference '&#x110000'"},
        {replaced(plain(), "/bin/true", "a&#-1;b"), "domain document has the unknown reference '&#-1'"},
        {replaced(plain(), "/bin/true", std::string("a\0b", 3)), "domain document contains a NUL byte"},
    });
}

TEST_CASE("comments, CDATA and references that XML knows are read as XML has them") {
    const auto read = [](const std::string& text) {
        const Sandbox sandbox = from_domain_xml(replaced(plain(), "/bin/true", text));
        return std::get<Command>(sandbox.payload).argv.front();
    };
    CHECK(read("<!-- & <!DOCTYPE> -->a<!-- -->b") == "ab");
    CHECK(read("<![CDATA[& <!DOCTYPE <b>]]>") == "& <!DOCTYPE <b>");
    CHECK(read("&lt;&amp;&gt;&apos;&quot;&#65;&#x41;!&amp;amp;") == "<&>'\"AA!&amp;");
}

TEST_CASE("a document that is not a sandbox's is refused") {
    const std::string metadata = "<sandgraft:sandbox xmlns:sandgraft='https://sandgraft.org/xmlns/domain/1'>";
    check({
        {replaced(plain(), "<name>plain</name>", ""), "element 'domain' has no element 'name'"},
        {replaced(plain(), "<name>plain</name>", "<name/>"), "the domain has no name"},
        {replaced(plain(), metadata, "<sandgraft:sandbox xmlns:sandgraft='urn:x'>"),
         "domain 'plain': it was not made by Sandgraft"},
        {"<domain type='kvm'><name>other</name></domain>", "domain 'other': it was not made by Sandgraft"},
        {replaced(plain(), "type='lxc'", "type='kvm'"),
         "domain 'plain': element 'domain' has the value 'kvm', which is not a type of domain that this version makes"},
        {replaced(plain(), "<devices>", "<devices><interface type='network'/>"),
         "domain 'plain': it has a device 'interface', which a sandbox cannot have"},
        {replaced(plain(), "<filesystem type='mount'>", "<filesystem type='block'>"),
         "domain 'plain': element 'filesystem' has the value 'block', which is not a type that a sandbox can have"},
        {replaced(plain(), "<readonly/>", ""),
         "domain 'plain': the filesystem at '/' is not a read-only directory of the host"},
        {replaced(plain(), "<target dir='/'/>", "<target dir='/other'/>"),
         "domain 'plain': there is no filesystem at '/'"},
        {replaced(plain(), metadata, metadata + "<sandgraft:color/>"),
         "domain 'plain': its metadata has the unknown element 'sandgraft:color'"},
    });
}

TEST_CASE("values of the wrong type and numbers that overflow are refused by element and value") {
    const std::string memory = "<memory unit='b'>8589934592</memory>";
    const std::string user = "<sandgraft:user>0</sandgraft:user>";
    const auto cputune = [](const std::string& period, const std::string& quota) {
        return replaced(plain(), "<vcpu>1</vcpu>",
                        "<cputune><period>" + period + "</period><quota>" + quota + "</quota></cputune>");
    };
    const auto with = [](const std::string& element) {
        return replaced(plain(), "</sandgraft:sandbox>", element + "</sandgraft:sandbox>");
    };
    const std::string not_number = "', which is not a number from 0 to 18446744073709551615";
    check({
        {replaced(plain(), memory, ""), "domain 'plain': element 'domain' has no element 'memory'"},
        {replaced(plain(), memory, "<memory/>"), "domain 'plain': element 'memory' has the value '" + not_number},
        {replaced(plain(), memory, "<memory>-1</memory>"),
         "domain 'plain': element 'memory' has the value '-1" + not_number},
        {replaced(plain(), memory, "<memory><b/></memory>"),
         "domain 'plain': element 'memory' holds the unknown element 'b'"},
        {replaced(plain(), memory, "<memory unit='EiB'>16</memory>"),
         "domain 'plain': element 'memory' has the value '16', which is not a size that fits 64 bits"},
        {replaced(plain(), memory, "<memory unit='pages'>16</memory>"),
         "domain 'plain': element 'memory' has the value 'pages', which is not a unit of memory"},
        {replaced(plain(), memory, "<memory>99999999999999999999</memory>"),
         "domain 'plain': element 'memory' has the value '99999999999999999999" + not_number},
        {replaced(plain(), memory, "<memory unit='b'>1</memory>"),
         "domain 'plain': memory of 1 bytes is not between 4 MiB and 1 EiB"},
        {cputune("0", "1"), "domain 'plain': element 'period' has the value '0', which is not a period"},
        {cputune("x", "1"), "domain 'plain': element 'period' has the value 'x" + not_number},
        {cputune("1", "4294967296"),
         "domain 'plain': the number of processors 4.29497e+09 is not between 0.01 and 16384"},
        {cputune("1000000", "1"),
         "domain 'plain': element 'quota' has the value '1', which is not a quota for this period"},
        {replaced(mounts(), "usage='1024'", "usage='many'"),
         "domain 'mounts': element 'source' has the value 'many" + not_number},
        {replaced(mounts(), "usage='1024'", "usage='18446744073709551615'"),
         "domain 'mounts': element 'source' has the value '18446744073709551615', which is not a size that fits 64 "
         "bits"},
        {replaced(mounts(), " usage='1024'", ""), "domain 'mounts': element 'source' has no attribute 'usage'"},
        {replaced(mounts(), "<target dir='/var/lib/app'/>", ""),
         "domain 'mounts': element 'filesystem' has no element 'target'"},
        {replaced(mounts(), "dir='/var/lib/app'", "dir='var/lib/app'"),
         "domain 'mounts': mount target 'var/lib/app' is not an absolute path"},
        {replaced(mounts(), "mode='640'", "mode='9'"),
         "domain 'mounts': element 'sandgraft:file' has the value '9', which is not an octal mode"},
        {replaced(mounts(), "mode='640'", "mode='77777777777777'"),
         "domain 'mounts': element 'sandgraft:file' has the value '77777777777777', which is not an octal mode"},
        {replaced(mounts(), "mode='640'", "mode='4755'"),
         "domain 'mounts': mode of mount '/etc/app.conf' has more than permission bits"},
        {replaced(mounts(), "uid='33'", "uid='root'"),
         "domain 'mounts': element 'sandgraft:file' has the value 'root', which is not the number of a user or group"},
        {replaced(mounts(), "gid='65534'", "gid='4294967295'"),
         "domain 'mounts': element 'sandgraft:file' has the value '4294967295', which is not the number of a user or "
         "group"},
        {replaced(mounts(), "content=''", "content='?'"),
         "domain 'mounts': element 'sandgraft:file' has the value '?', which is not base64"},
        {replaced(mounts(), "source='/usr/bin/vim'", "source='%'"),
         "domain 'mounts': element 'sandgraft:bind' has the value '%', which is not percent-encoded text"},
        {replaced(mounts(), "source='/usr/bin/vim'", "source='vim'"),
         "domain 'mounts': source 'vim' is not an absolute path"},
        {replaced(mounts(), "readonly='yes'", "readonly='1'"),
         "domain 'mounts': element 'sandgraft:bind' has the value '1', which is not yes or no"},
        {replaced(mounts(), "bytes='1000'", "bytes='1e3'"),
         "domain 'mounts': element 'sandgraft:mount' has the value '1e3" + not_number},
        {with("<sandgraft:privileged>true</sandgraft:privileged>"),
         "domain 'plain': element 'sandgraft:privileged' has the value 'true', which is not yes or no"},
        {with(user + user), "domain 'plain': its metadata has the element 'sandgraft:user' twice"},
        {with("<sandgraft:user><b/></sandgraft:user>"),
         "domain 'plain': element 'sandgraft:user' holds the unknown element 'b'"},
        {with("<sandgraft:argument encoding='percent'>%4</sandgraft:argument>"),
         "domain 'plain': element 'sandgraft:argument' has the value '%4', which is not percent-encoded text"},
        {with("<sandgraft:argument encoding='rot13'>a</sandgraft:argument>"),
         "domain 'plain': element 'sandgraft:argument' has the value 'rot13', which is not a known encoding"},
        {with("<sandgraft:argument encoding='percent'>%00</sandgraft:argument>"),
         "domain 'plain': argument '\\x00' contains a NUL byte"},
        {with("<sandgraft:variable>A</sandgraft:variable>"),
         "domain 'plain': element 'sandgraft:variable' has the value 'A', which is not of the form NAME=VALUE"},
        {with("<sandgraft:variable>A=</sandgraft:variable><sandgraft:variable>A=</sandgraft:variable>"),
         "domain 'plain': element 'sandgraft:variable' has the value 'A', which is not the only one of that name"},
        {with("<sandgraft:memory given='0'/>"),
         "domain 'plain': its metadata has the element 'sandgraft:memory' twice"},
        {with("<sandgraft:goal>a.service</sandgraft:goal>"),
         "domain 'plain': its metadata has the element 'sandgraft:goal' of another payload"},
        {replaced(services(), ">bare<", ">small<"),
         "domain 'services': element 'sandgraft:profile' has the value 'small', which is not one that this version "
         "knows"},
        {replaced(services(), "kind='mask'", "kind='Mask'"),
         "domain 'services': element 'sandgraft:unit-edit' has the value 'Mask', which is not one that this version "
         "knows"},
        {replaced(services(), " unit='cron.service'", ""),
         "domain 'services': element 'sandgraft:unit-edit' has no attribute 'unit'"},
        {with("<sandgraft:mask>/bin/../x</sandgraft:mask>"),
         "domain 'plain': mount target '/bin/../x' has a component '.' or '..'"},
    });
}

TEST_CASE("documents made to exhaust time or memory are refused within 2 s and 256 MiB") {
    const std::string open = "<domain type='lxc'><name>a</name>";
    const std::string close = "</domain>";
    const std::string in_devices = plain().substr(0, plain().find("<filesystem"));
    const std::string entry = "<filesystem type='ram'><source usage='1'/><target dir='/a'/></filesystem>";
    const std::string listed =
        replaced(plain(), "</sandgraft:sandbox>",
                 repeated("<sandgraft:mount>/a</sandgraft:mount>", 90'000) + "</sandgraft:sandbox>");
    constexpr std::size_t full = (8 << 20) - 200;
    const std::vector<Row> rows = {
        {open + nested(100'000) + close, "element 'a' lies deeper than 64 levels"},
        {nested(100'000), "element 'a' lies deeper than 64 levels"},
        {repeated("<a>", 100'000), "domain document is malformed at byte 299999: Start-end tags mismatch"},
        {std::string((8 << 20) + 1, ' '), "domain document is larger than 8 MiB"},
        {open + repeated("x<a/>", full / 5) + close, "domain document has more than 400000 tags"},
        {open + repeated("x<a/>", 399'990) + close, "domain 'a': it was not made by Sandgraft"},
        {open + "<a " + repeated("a='' ", full / 5) + "/>" + close, "domain 'a': it was not made by Sandgraft"},
        {open + repeated("&amp;", full / 5) + close, "domain 'a': it was not made by Sandgraft"},
        {open + repeated("<!-- -->", full / 8) + close, "domain document has more than 400000 tags"},
        {open + repeated("!", full) + close, "domain 'a': it was not made by Sandgraft"},
        {in_devices + repeated(entry, 50'000) + "</devices></domain>",
         "domain 'plain': there are more than 2010 filesystems"},
        {listed, "domain 'plain': its metadata lists too many mounts"},
    };
    for (const auto& row : rows) {
        const auto start = std::chrono::steady_clock::now();
        const std::string message = refusal(row.document);
        const auto spent = std::chrono::steady_clock::now() - start;
        CHECK(message == row.message);
        CHECK(spent < std::chrono::seconds(sanitized ? 20 : 2));
    }
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    if (!sanitized) CHECK(usage.ru_maxrss < 256 * 1024);
}
