// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "guest/leader.hpp"

namespace sandgraft::guest {

/// A command: a child of init, with the streams of the channel.
class Command : public Leader {
public:
    /// @param window  the size of its terminal; null: it gets pipes.
    Command(const ProcessSpec& spec, const wire::WindowSize* window) : spec_(spec), window_(window) {}

    Process start() override {
        const auto make_spec = [this] { return spec_; };
        return window_ != nullptr ? starter().with_terminal(make_spec, *window_) : starter().with_pipes(make_spec);
    }
    [[nodiscard]] bool has_terminal() const override { return window_ != nullptr; }
    [[nodiscard]] const ProcessSpec& spec() const override { return spec_; }
    void signal(const Child& child, int number) override { child.signal(number); }
    void admit() const override {}
    [[nodiscard]] int descriptor() const override { return -1; }
    void take_news() override {}
    bool is_ending() override { return false; }

private:
    const ProcessSpec& spec_;
    const wire::WindowSize* window_;
};

}  // namespace sandgraft::guest
