#include "sim/settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace bitloom::hardware {

std::string key_of(const std::string& setting) {
  const std::size_t equals = setting.find('=');
  if (equals == 0 || equals == std::string::npos || !is_one_readable_line(setting))
    throw UserError(
        fmt::format("--set '{}': must be KEY=VALUE, a key of the hardware's file and its value, "
                    "such as array.dm=8",
                    excerpt(setting)));
  return setting.substr(0, equals);
}

DocumentValue with_setting(const DocumentValue& document, const std::string& setting) {
  const std::string key = key_of(setting);
  return document.with(key, setting.substr(key.size() + 1),
                       fmt::format("--set {}", excerpt(setting)));
}

Settings with_settings(Settings settings, const Settings& more) {
  for (const std::string& setting : more) {
    const auto same = std::find_if(settings.begin(), settings.end(), [&](const auto& other) {
      return key_of(other) == key_of(setting);
    });
    if (same == settings.end())
      settings.push_back(setting);
    else
      *same = setting;
  }
  return settings;
}

std::string name_with(const std::string& name, const Settings& settings) {
  std::string text = name;
  for (const std::string& setting : settings) text += " " + setting;
  return text;
}

}  // namespace bitloom::hardware
