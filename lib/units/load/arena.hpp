// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <utility>
#include <vector>

namespace sandgraft::units {

/// Keeps text alive for as long as itself, at addresses that never change (also when the arena is moved). What is
/// loaded from a unit tree is views into one arena.
class Arena {
public:
    /// Uninitialised room for `size` bytes.
    char* allocate(std::size_t size);

    /// Gives back the end of the latest allocation, from `used` bytes on.
    void shrink_last(char* last, std::size_t allocated, std::size_t used) noexcept;

    std::string_view store(std::string_view text);
    std::string_view join(std::initializer_list<std::string_view> pieces);

private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* next_ = nullptr;
    std::size_t left_ = 0;
};

/// Memory of an arena for containers that live as long as it does; what they give back is free only when all is.
class ArenaMemory final : public std::pmr::memory_resource {
public:
    explicit ArenaMemory(Arena& arena) noexcept : arena_(arena) {}

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* /*memory*/, std::size_t /*bytes*/, std::size_t /*alignment*/) override {}
    [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

    Arena& arena_;
};

}  // namespace sandgraft::units
