// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/values.hpp"

#include "support/catch.hpp"
#include "support/error_of.hpp"

#include <cstdint>
#include <limits>

using namespace sandgraft;
using namespace sandgraft::domain;
using Words = std::vector<std::string>;

namespace {

template <class Value>
std::string written(const Value& value) {
    XmlWriter out(100);
    out.open("top");
    put(out, "a", value);
    return out.close().take();
}

/// The value that the elements named a make together.
template <class Value>
Value read(const std::string& document) {
    pugi::xml_document parsed;
    load(parsed, document);
    Value value{};
    for (const pugi::xml_node node : parsed.document_element()) get(node, value);
    return value;
}

template <class Value>
void check_kept(const std::vector<Value>& values) {
    for (const auto& value : values) CHECK(read<Value>(written(value)) == value);
}

template <class Number>
std::string refusal(const std::string& text) {
    return test::error_of([&] { (void)read<Number>("<top><a>" + text + "</a></top>"); });
}

}  // namespace

TEST_CASE("a value of every type is read back as it was written") {
    check_kept<std::string>({"", " a ", "\x01\xFF", "a=b"});
    check_kept<bool>({true, false});
    check_kept<std::uint8_t>({0, 255});
    check_kept<std::int16_t>({std::numeric_limits<std::int16_t>::min(), -1, 0, 32767});
    check_kept<std::uint32_t>({0, std::numeric_limits<std::uint32_t>::max()});
    check_kept<std::int64_t>({std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()});
    check_kept<std::uint64_t>({std::numeric_limits<std::uint64_t>::max()});
    check_kept<std::optional<std::uint32_t>>({std::nullopt, 0, 7});
    check_kept<std::optional<std::string>>({std::nullopt, "", "a"});
    check_kept<Words>({{}, {""}, {"a", " ", "a"}});
    check_kept<std::vector<std::uint16_t>>({{}, {1, 65535, 1}});
    check_kept<std::map<std::string, std::string>>({{}, {{"A", "b=c"}, {"B", ""}}});
}

TEST_CASE("a number has its own range and no other form") {
    CHECK(refusal<std::uint8_t>("255") == "no error");
    CHECK(refusal<std::uint8_t>("256") == "element 'a' has the value '256', which is not a number from 0 to 255");
    CHECK(refusal<std::int16_t>("-32769") ==
          "element 'a' has the value '-32769', which is not a number from -32768 to 32767");
    for (const char* text : {"", "-1", "+1", "1 1", "0x1", "1e3", "1.0"})
        CHECK(refusal<std::uint32_t>(text).ends_with("which is not a number from 0 to 4294967295"));
}

TEST_CASE("only vectors and maps are lists") {
    STATIC_REQUIRE(base::is_list<Words>);
    STATIC_REQUIRE(base::is_list<std::map<std::string, std::string>>);
    STATIC_REQUIRE_FALSE(base::is_list<std::string>);
    STATIC_REQUIRE_FALSE(base::is_list<std::uint64_t>);
    STATIC_REQUIRE_FALSE(base::is_list<std::optional<std::string>>);
}
