#include "pipelines/machine_grid.h"

#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom::pipelines {
namespace {

std::vector<std::string> split_values(const std::string& text) {
  std::vector<std::string> values(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    if (c == ',' && depth == 0)
      values.emplace_back();
    else
      values.back() += c;
  }
  return values;
}

/// A value, the same for numbers that are written differently: `200` and `200.0`.
std::string value_of(const std::string& text) {
  const auto number = parse_real(text);
  return number ? fmt::format("{}", *number) : text;
}

}  // namespace

SweptKey parse_swept_key(const std::string& text) {
  const std::size_t equals = text.find('=');
  const auto refuse = [&](const char* complaint) {
    throw UserError(fmt::format("--sweep '{}': {}", excerpt(text), complaint));
  };
  if (equals == 0 || equals == std::string::npos)
    refuse("must be KEY=VALUE,VALUE,..., such as array.dk=32,64,128");
  SweptKey swept{text.substr(0, equals), split_values(text.substr(equals + 1))};
  if (swept.values.size() < 2)
    refuse("must have several values, such as array.dk=32,64,128; one is set by --set");
  std::set<std::string> seen;
  for (const std::string& value : swept.values) {
    if (value.empty()) refuse("has a comma with no value beside it");
    if (!seen.insert(value_of(value)).second) refuse("has a value twice");
  }
  return swept;
}

std::vector<std::vector<std::string>> combinations(const std::vector<SweptKey>& keys) {
  std::vector<std::vector<std::string>> all{{}};
  for (const SweptKey& swept : keys) {
    std::vector<std::vector<std::string>> longer;
    for (const std::vector<std::string>& begin : all)
      for (const std::string& value : swept.values) {
        longer.push_back(begin);
        longer.back().push_back(value);
      }
    all = std::move(longer);
  }
  return all;
}

hardware::Settings settings_of(const std::vector<SweptKey>& keys,
                               const std::vector<std::string>& values) {
  hardware::Settings settings;
  for (std::size_t i = 0; i < keys.size(); ++i)
    settings.push_back(fmt::format("{}={}", keys[i].key, values[i]));
  return settings;
}

}  // namespace bitloom::pipelines
