// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string_view>

namespace sandgraft::units {

/// Whether OnCalendar= takes the text (systemd.time(7), "Calendar Events").
/// @param is_zone  whether there is a time zone of that name, "Europe/Berlin"; UTC is known without.
bool is_calendar_expression(std::string_view text, const std::function<bool(std::string_view)>& is_zone);

}  // namespace sandgraft::units
