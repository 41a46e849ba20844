// SPDX-License-Identifier: LGPL-2.1-or-later
#include "domain/xml_writer.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace sandgraft::domain {

namespace {

constexpr auto is_special = [] {
    std::array<bool, 256> special{};
    for (const char c : std::string_view("&<>'\"")) special[static_cast<unsigned char>(c)] = true;
    return special;
}();
constexpr std::size_t deepest_expected = 8;
constexpr std::string_view indentation = "                ";

std::string_view escape(char c) {
    switch (c) {
        case '&': return "&amp;";
        case '<': return "&lt;";
        case '>': return "&gt;";
        case '\'': return "&apos;";
        default: return "&quot;";
    }
}

void append_escaped(std::string& out, std::string_view value) {
    for (;;) {
        std::size_t plain = 0;
        while (plain < value.size() && !is_special[static_cast<unsigned char>(value[plain])]) ++plain;
        out += value.substr(0, plain);
        if (plain == value.size()) return;
        out += escape(value[plain]);
        value.remove_prefix(plain + 1);
    }
}

/// A number as text, without allocation.
class Digits {
public:
    explicit Digits(std::uint64_t value)
        : end_(std::to_chars(digits_.data(), digits_.data() + digits_.size(), value).ptr) {}
    operator std::string_view() const { return {digits_.data(), end_}; }

private:
    std::array<char, 20> digits_{};
    const char* end_;
};

}  // namespace

XmlWriter::XmlWriter(std::size_t expected_size) {
    out_.reserve(expected_size);
    open_.reserve(deepest_expected);
}

XmlWriter& XmlWriter::open(std::string_view name) {
    end_start_tag(State::children);
    new_line();
    out_ += '<';
    out_ += name;
    open_.push_back(name);
    state_ = State::start_tag;
    return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "='";
    append_escaped(out_, value);
    out_ += '\'';
    return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, std::uint64_t value) {
    return attribute(name, std::string_view(Digits(value)));
}

XmlWriter& XmlWriter::text(std::string_view value) {
    if (value.empty()) return *this;
    end_start_tag(State::text);
    append_escaped(out_, value);
    return *this;
}

XmlWriter& XmlWriter::text(std::uint64_t value) { return text(std::string_view(Digits(value))); }

XmlWriter& XmlWriter::close() {
    const std::string_view name = open_.back();
    open_.pop_back();
    if (state_ == State::start_tag) {
        out_ += "/>";
    } else {
        if (state_ == State::children) new_line();
        out_ += "</";
        out_ += name;
        out_ += '>';
    }
    state_ = State::children;
    return *this;
}

std::string XmlWriter::take() {
    out_ += '\n';
    return std::move(out_);
}

void XmlWriter::end_start_tag(State next) {
    if (state_ == State::start_tag) out_ += '>';
    state_ = next;
}

void XmlWriter::new_line() {
    if (out_.empty()) return;
    out_ += '\n';
    out_ += indentation.substr(0, 2 * open_.size());
}

}  // namespace sandgraft::domain
