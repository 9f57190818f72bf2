#include "base/json_value.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace bitloom {

JsonValue::JsonValue(const Json& json, std::string source, std::string place)
    : JsonValue(std::shared_ptr<const Json>(std::shared_ptr<const Json>(), &json),
                std::move(source), std::move(place)) {}

JsonValue::JsonValue(std::shared_ptr<const Json> json, std::string source, std::string place)
    : json_(std::move(json)), source_(std::move(source)), place_(std::move(place)) {}

JsonValue JsonValue::parse(std::string_view text, const std::string& source) {
  return {std::make_shared<const Json>(parse_json(text, source)), source, ""};
}

JsonValue JsonValue::load(const std::string& path) {
  return {std::make_shared<const Json>(read_json_file(path)), path, ""};
}

JsonValue JsonValue::part(const Json& json, std::string place) const {
  return {std::shared_ptr<const Json>(json_, &json), source_, std::move(place)};
}

UserError JsonValue::error(std::string_view complaint) const {
  return UserError(
      fmt::format("{}: {}{}", source_, place_.empty() ? "" : place_ + ": ", complaint));
}

const JsonValue::Json& JsonValue::require(bool holds, std::string_view must_be) const {
  if (!holds) throw error(fmt::format("must be {}, got {}", must_be, excerpt(json_text(json()))));
  return json();
}

JsonValue JsonValue::at(const std::string& key) const {
  const Json& object = require(json().is_object(), "an object");
  const auto found = object.find(key);
  if (found == object.end()) throw error(fmt::format("has no '{}'", key));
  return part(*found, place_.empty() ? key : place_ + "." + key);
}

std::optional<JsonValue> JsonValue::find(const std::string& key) const {
  const Json& object = require(json().is_object(), "an object");
  if (!object.contains(key) || object[key].is_null()) return {};
  return at(key);
}

std::vector<JsonValue> JsonValue::items() const {
  std::vector<JsonValue> all;
  for (const Json& item : require(json().is_array(), "a list"))
    all.push_back(part(item, fmt::format("{}[{}]", place_, all.size())));
  return all;
}

std::vector<std::pair<std::string, JsonValue>> JsonValue::members() const {
  std::vector<std::pair<std::string, JsonValue>> all;
  for (const auto& [key, value] : require(json().is_object(), "an object").items())
    all.emplace_back(key, part(value, place_.empty() ? key : place_ + "." + key));
  return all;
}

void JsonValue::allow_only(const std::vector<std::string>& known) const {
  for (const auto& [key, value] : members())
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw error(unknown_name("key", key, known).what());
}

double JsonValue::number(double min, double max) const {
  require(json().is_number() && std::isfinite(json().get<double>()), "a number");
  const double value = json().get<double>();
  require(value >= min && value <= max, fmt::format("in [{:g}, {:g}]", min, max));
  return value;
}

std::int64_t JsonValue::integer(std::int64_t min, std::int64_t max) const {
  require(json().is_number_integer(), "a whole number");
  const bool fits = !json().is_number_unsigned() ||
                    json().get<std::uint64_t>() <=
                        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto value = json().get<std::int64_t>();
  require(fits && value >= min && value <= max, fmt::format("in [{}, {}]", min, max));
  return value;
}

bool JsonValue::boolean() const {
  return require(json().is_boolean(), "true or false").get<bool>();
}

std::string JsonValue::any_text() const {
  return require(json().is_string(), "text").get<std::string>();
}

std::string JsonValue::text() const {
  std::string value = any_text();
  require(is_one_readable_line(value), "text on one line");
  return value;
}

std::string JsonValue::shown_text() const { return on_one_line(any_text()); }

std::string JsonValue::one_of(std::string_view what, const std::vector<std::string>& known) const {
  std::string value = text();
  if (std::find(known.begin(), known.end(), value) == known.end())
    throw error(unknown_name(what, value, known).what());
  return value;
}

std::string JsonValue::text_or(const std::string& key, const std::string& otherwise) const {
  const auto value = find(key);
  return value ? value->shown_text() : otherwise;
}

std::optional<double> JsonValue::number_at(const std::string& key) const {
  const auto value = find(key);
  return value ? std::optional(value->number()) : std::nullopt;
}

std::optional<std::int64_t> JsonValue::integer_at(const std::string& key) const {
  const auto value = find(key);
  return value ? std::optional(value->integer()) : std::nullopt;
}

}  // namespace bitloom
