#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace bitloom {

/// A JSON value that knows its place: what is not as it should be is a UserError such as
/// `run/search.json: layers[3].omega: must be a number, got "x"`.
class JsonValue {
 public:
  using Json = nlohmann::ordered_json;

  /// A value of `json`, which outlives it.
  JsonValue(const Json& json, std::string source, std::string place = "");
  /// The value of a text or a file, read strictly (json.h), and kept as long as a part is in use.
  static JsonValue parse(std::string_view text, const std::string& source);
  static JsonValue load(const std::string& path);

  /// The value of `key`; a complaint when there is none.
  JsonValue at(const std::string& key) const;
  /// None where the key is missing or null.
  std::optional<JsonValue> find(const std::string& key) const;
  std::vector<JsonValue> items() const;
  std::vector<std::pair<std::string, JsonValue>> members() const;
  /// A complaint of the first key that is not among `known`.
  void allow_only(const std::vector<std::string>& known) const;

  /// A finite number in [min, max].
  double number(double min = std::numeric_limits<double>::lowest(),
                double max = std::numeric_limits<double>::max()) const;
  /// A whole number in [min, max].
  std::int64_t integer(std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                       std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  bool boolean() const;
  /// A text on one line, without control characters.
  std::string text() const;
  /// Any text, with spaces in place of tabs, line ends and control characters.
  std::string shown_text() const;
  /// Any text.
  std::string any_text() const;
  /// One of `known`; anything else is answered with the nearest of them.
  std::string one_of(std::string_view what, const std::vector<std::string>& known) const;

  /// The shown_text() of a key.
  std::string text_or(const std::string& key, const std::string& otherwise = "") const;
  std::optional<double> number_at(const std::string& key) const;
  std::optional<std::int64_t> integer_at(const std::string& key) const;
  const Json& json() const { return *json_; }

  /// The error `source: place: complaint`.
  UserError error(std::string_view complaint) const;

 private:
  JsonValue(std::shared_ptr<const Json> json, std::string source, std::string place);
  JsonValue part(const Json& json, std::string place) const;
  const Json& require(bool holds, std::string_view must_be) const;

  std::shared_ptr<const Json> json_;
  std::string source_;
  std::string place_;
};

}  // namespace bitloom
