// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "keeper/client.hpp"
#include "keeper/flow.hpp"

#include <cstdint>
#include <map>

namespace sandgraft::keeper {

/// A process beside the sandbox's own command, from its exec until the guest has said how it ended.
struct Process {
    Client* client = nullptr;  ///< null: has gone
    std::uint16_t number = 0;  ///< that the client knows it by
    bool is_started = false;
    bool refuses_input = false;
    Flow input{};
    Flow output{};
    Flow error{};

    Flow& flow_of(wire::Stream stream) {
        switch (stream) {
            case wire::Stream::input: return input;
            case wire::Stream::output: return output;
            case wire::Stream::error: break;
        }
        return error;
    }
};

/// All of them, by the numbers that the guest knows them by.
class Processes {
public:
    [[nodiscard]] bool full() const { return processes_.size() >= wire::most_processes; }

    /// @return the number of a new one; not when it is full.
    std::uint16_t add(Client& client, std::uint16_t number) {
        do last_ = static_cast<std::uint16_t>(last_ % wire::most_processes + 1);
        while (processes_.contains(last_));
        processes_[last_] = {.client = &client, .number = number};
        return last_;
    }

    /// Null: there is none.
    Process* find(std::uint16_t number) {
        const auto found = processes_.find(number);
        return found == processes_.end() ? nullptr : &found->second;
    }

    void remove(std::uint16_t number) { processes_.erase(number); }

    [[nodiscard]] auto begin() { return processes_.begin(); }
    [[nodiscard]] auto end() { return processes_.end(); }

private:
    std::map<std::uint16_t, Process> processes_;
    std::uint16_t last_ = 0;
};

}  // namespace sandgraft::keeper
