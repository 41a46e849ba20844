// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sandgraft/sandbox.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

namespace sandgraft::test {

/// Descriptions that are valid and otherwise arbitrary; the same in every run.
class Descriptions {
public:
    Sandbox next() {
        Sandbox sandbox;
        sandbox.name = 'a' + text(10, "bc-_.:?'\"<&> ") + "z";
        sandbox.root = path(plain);
        for (std::size_t i = number(12); i > 0; --i) sandbox.mounts.push_back(mount("/m" + std::to_string(i)));
        sandbox.mask_secrets = flag();
        sandbox.privileged = flag();
        if (!sandbox.privileged && flag()) sandbox.user = flag() ? "alice" : std::to_string(number(70000)) + ":7";
        for (std::size_t i = number(5); i > 0; --i) sandbox.environment['K' + text(5, key)] = text(20, any);
        if (flag()) sandbox.memory_bytes = most_ram + number(1 << 30);
        if (flag()) sandbox.vcpus = static_cast<double>(number(6'400)) / 100;
        if (flag()) sandbox.pids = static_cast<std::uint32_t>(number(4'194'304));
        if (flag()) sandbox.ports = {{"127.0.0.1", 8080, 80}, {"::1", 0, std::uint16_t(1 + number(65000))}};
        if (flag()) sandbox.limits = {{"stack", number(99), 99 + number(1 << 30)}, {"nproc", number(9)}};
        if (flag())
            sandbox.payload = command();
        else
            become_services(sandbox);
        return sandbox;
    }

private:
    Command command() {
        Command command;
        command.argv.resize(1 + number(6));
        for (auto& argument : command.argv) argument = text(20, any);
        command.directory = path(any);
        command.terminal = flag();
        return command;
    }

    void become_services(Sandbox& sandbox) {
        sandbox.payload = services();
        sandbox.user.clear();
        sandbox.privileged = false;
    }

    Services services() {
        Services services;
        services.goals.resize(1 + number(3));
        for (auto& goal : services.goals) goal = unit();
        services.profile = static_cast<UnitProfile>(number(2));
        for (std::size_t i = number(6); i > 0; --i) services.changes.push_back(edit());
        return services;
    }

    UnitEdit edit() {
        switch (number(5)) {
            case 0: return {.kind = UnitEdit::Kind::add, .unit = unit(), .text = text(40, any)};
            case 1: return {.kind = UnitEdit::Kind::replace, .unit = unit(), .text = text(40, any)};
            case 2:
                return {.kind = UnitEdit::Kind::add_drop_in, .unit = unit(), .other = unit(), .text = text(40, any)};
            case 3: return {.kind = UnitEdit::Kind::want, .unit = unit(), .other = unit()};
            case 4: return {.kind = UnitEdit::Kind::require, .unit = unit(), .other = unit()};
            default: return {.kind = flag() ? UnitEdit::Kind::mask : UnitEdit::Kind::remove, .unit = unit()};
        }
    }

    std::string unit() {
        std::string name = 'u' + text(10, any);
        std::erase(name, '/');
        return name;
    }

    std::uint32_t id(std::size_t most) { return static_cast<std::uint32_t>(number(most)); }

    /// Below `parent` or in the mount before it.
    Mount mount(const std::string& parent) {
        switch (number(5)) {
            case 0: return {last_ = parent + path(plain), HostBind{path(plain)}, flag(), flag(), flag()};
            case 1: return {last_ = parent + path(plain), Ram{1 + number((1 << 24) - 1)}, flag()};
            case 2: return {last_ + parent + path(any), GuestBind{path(any)}, flag(), flag(), flag()};
            case 3: return {last_ + parent + path(any), File{text(40, every), id(0777), id(3), id(3)}, flag()};
            default: return {last_ + parent + path(any), Mask{}, flag()};
        }
    }

    std::string path(std::string_view bytes) {
        std::string out;
        for (std::size_t i = number(3) + 1; i > 0; --i) {
            std::string component = 'p' + text(6, bytes);
            std::erase(component, '/');
            out += "/" + component;
        }
        return out;
    }

    std::string text(std::size_t longest, std::string_view bytes) {
        std::string out(number(longest), ' ');
        for (char& c : out) c = bytes[number(bytes.size() - 1)];
        return out;
    }

    /// From 0 to most.
    std::uint64_t number(std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>(0, most)(generator_);
    }
    bool flag() { return number(1) == 1; }

    static std::string bytes_from(int first) {
        std::string bytes;
        for (int c = first; c < 256; ++c) bytes += static_cast<char>(c);
        return bytes;
    }

    /// Twice what all RAM filesystems can be together.
    static constexpr std::uint64_t most_ram = std::uint64_t{2 * 12} << 24;

    inline static const std::string every = bytes_from(0);
    inline static const std::string any = bytes_from(1);
    inline static const std::string key = bytes_from('=' + 1);
    inline static const std::string plain = "abc.,;=-_ '\"<&>%#";

    std::mt19937 generator_{20};
    std::string last_;
};

}  // namespace sandgraft::test
