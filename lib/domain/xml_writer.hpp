// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sandgraft::domain {

/// Writes one XML document front to back, indented as libvirt does. Names must be literals of the program; values
/// are escaped, and must be text that XML can hold.
class XmlWriter {
public:
    explicit XmlWriter(std::size_t expected_size);

    XmlWriter& open(std::string_view name);
    /// Only directly after open() or another attribute.
    XmlWriter& attribute(std::string_view name, std::string_view value);
    XmlWriter& attribute(std::string_view name, std::uint64_t value);
    /// An element that has text has no other children.
    XmlWriter& text(std::string_view value);
    XmlWriter& text(std::uint64_t value);
    XmlWriter& close();

    /// An element with nothing but text.
    template <class Value>
    XmlWriter& leaf(std::string_view name, Value value) {
        return open(name).text(value).close();
    }

    /// The document, when every element is closed.
    std::string take();

private:
    enum class State { start_tag, text, children };

    void end_start_tag(State next);
    void new_line();

    std::string out_;
    std::vector<std::string_view> open_;
    State state_ = State::children;
};

}  // namespace sandgraft::domain
