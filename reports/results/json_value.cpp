#include "reports/results/json_value.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace bitloom::reports {

void JsonValue::refuse(const char* must_be) const {
  using Handler = Json::error_handler_t;
  throw UserError(fmt::format("{}: {}must be {}, got {}", file_,
                              place_.empty() ? "" : place_ + ": ", must_be,
                              excerpt(json().dump(-1, ' ', false, Handler::replace))));
}

const JsonValue::Json& JsonValue::require(bool holds, const char* must_be) const {
  if (!holds) refuse(must_be);
  return json_;
}

JsonValue JsonValue::at(const std::string& key) const {
  const Json& object = require(json().is_object(), "an object");
  if (!object.contains(key))
    throw UserError(
        fmt::format("{}: {}has no '{}'", file_, place_.empty() ? "" : place_ + ": ", key));
  return {object[key], file_, place_.empty() ? key : place_ + "." + key};
}

std::optional<JsonValue> JsonValue::find(const std::string& key) const {
  const Json& object = require(json().is_object(), "an object");
  if (!object.contains(key) || object[key].is_null()) return {};
  return at(key);
}

std::vector<JsonValue> JsonValue::items() const {
  std::vector<JsonValue> all;
  for (const Json& item : require(json().is_array(), "a list"))
    all.emplace_back(item, file_, fmt::format("{}[{}]", place_, all.size()));
  return all;
}

std::vector<std::pair<std::string, JsonValue>> JsonValue::members() const {
  std::vector<std::pair<std::string, JsonValue>> all;
  for (const auto& [key, value] : require(json().is_object(), "an object").items())
    all.emplace_back(key, at(key));
  return all;
}

double JsonValue::number() const {
  return require(json().is_number() && std::isfinite(json().get<double>()), "a number")
      .get<double>();
}
std::int64_t JsonValue::integer() const {
  return require(json().is_number_integer(), "a whole number").get<std::int64_t>();
}
bool JsonValue::boolean() const {
  return require(json().is_boolean(), "true or false").get<bool>();
}
std::string JsonValue::text() const {
  const auto& value = require(json().is_string(), "text").get_ref<const std::string&>();
  require(is_one_readable_line(value), "text on one line");
  return value;
}

std::string JsonValue::text_or(const std::string& key, const std::string& otherwise) const {
  const auto value = find(key);
  return value ? value->text() : otherwise;
}
std::optional<double> JsonValue::number_at(const std::string& key) const {
  const auto value = find(key);
  return value ? std::optional(value->number()) : std::nullopt;
}
std::optional<std::int64_t> JsonValue::integer_at(const std::string& key) const {
  const auto value = find(key);
  return value ? std::optional(value->integer()) : std::nullopt;
}

std::string read_text_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream || stream.bad())
    throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  return text;
}

nlohmann::ordered_json read_json_file(const std::string& path) {
  const std::string text = read_text_file(path);
  try {
    return nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t at = std::min(error.byte > 0 ? error.byte - 1 : 0, text.size());
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(at);
    const auto line = 1 + std::count(text.begin(), end, '\n');
    const std::size_t start = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    const std::size_t column = start == std::string::npos ? at + 1 : at - start;
    throw UserError(fmt::format("{}:{}:{}: is no JSON", path, line, column));
  }
}

}  // namespace bitloom::reports
