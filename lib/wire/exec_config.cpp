// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/exec_config.hpp"

#include "wire/fields.hpp"

namespace sandgraft::wire {

/// ROWS,COLUMNS
static void put(std::string& out, WindowSize size) {
    put(out, size.rows);
    out += ',';
    put(out, size.columns);
}

static bool get(std::string_view text, WindowSize& size) {
    std::array<std::string_view, 1> rows;
    return take_parts(text, rows) && get(rows[0], size.rows) && get(text, size.columns);
}

namespace {

template <auto member>
constexpr Field<ExecConfig> row(std::string_view key) {
    return field<ExecConfig, member>(key);
}

constexpr FieldTable table("process", std::array{
                                          row<&ExecConfig::user>("user"),
                                          row<&ExecConfig::asked_host>("?asked-host"),
                                          row<&ExecConfig::accounts>("?account"),
                                          row<&ExecConfig::gids>("?gid"),
                                          row<&ExecConfig::directory>("directory"),
                                          row<&ExecConfig::terminal>("terminal"),
                                          row<&ExecConfig::window>("window"),
                                          row<&ExecConfig::argv>("arg"),
                                          row<&ExecConfig::environment>("env"),
                                      });

}  // namespace

std::string encode(const ExecConfig& config) { return table.encode(config); }

ExecConfig decode_exec_config(std::string_view text) {
    auto config = table.decode(text);
    if (config.argv.empty()) table.fail("there is no command");
    return config;
}

}  // namespace sandgraft::wire
