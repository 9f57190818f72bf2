#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace bitloom::reports {

/// A value in a JSON file that knows its place: what is not as it should be is a UserError such as
/// `run/search.json: layers[3].omega: must be a number, got "x"`.
class JsonValue {
 public:
  using Json = nlohmann::ordered_json;
  JsonValue(const Json& json, std::string file, std::string place = "")
      : json_(json), file_(std::move(file)), place_(std::move(place)) {}

  JsonValue at(const std::string& key) const;
  /// None where the key is missing or null.
  std::optional<JsonValue> find(const std::string& key) const;
  std::vector<JsonValue> items() const;
  std::vector<std::pair<std::string, JsonValue>> members() const;
  double number() const;
  std::int64_t integer() const;
  bool boolean() const;
  std::string text() const;

  std::string text_or(const std::string& key, const std::string& otherwise = "") const;
  std::optional<double> number_at(const std::string& key) const;
  std::optional<std::int64_t> integer_at(const std::string& key) const;
  const Json& json() const { return json_; }

 private:
  [[noreturn]] void refuse(const char* must_be) const;
  const Json& require(bool holds, const char* must_be) const;

  std::reference_wrapper<const Json> json_;
  std::string file_;
  std::string place_;
};

/// The whole file; a UserError when it cannot be read.
std::string read_text_file(const std::string& path);
/// Parses a file; a UserError names line and column where it is no JSON.
nlohmann::ordered_json read_json_file(const std::string& path);

}  // namespace bitloom::reports
