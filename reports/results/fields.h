#pragma once

#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/json_value.h"
#include "reports/results/costs.h"

/// Results as JSON. A function `fields(f, result)` beside each result's type names its fields and
/// their keys in order, once for both directions:
///
///     f.needs("cycles", layer.cycles);      // a file without it is refused
///     f.has("power_mw", layer.power_mw);    // written too; left as it is where a file lacks it
///     f.may("network", layer.network);      // optional or a list: written where there is one
///     f.or_null("batch", simulation.batch)  // optional: null where there is none
///
/// What is read as a whole number, and what has a name such as `latency_ms`, is at least 0.
namespace bitloom::reports {

template <class T>
nlohmann::ordered_json written(const T& value);
template <class T>
void read(const JsonValue& json, T& value);

/// A figure that a file may not have below `least`: a time, an energy, a clock.
template <class T>
struct AtLeast {
  double least;
  T& value;
};
template <class T>
AtLeast<T> at_least(double least, T& value) {
  return {least, value};
}

/// The version of a file's layout. This program writes and reads 1.
struct Schema {
  std::int64_t& version;
};
struct WrittenSchema {
  std::int64_t version;
};
inline Schema schema(std::int64_t& version) { return {version}; }
inline WrittenSchema schema(const std::int64_t& version) { return {version}; }

class FieldWriter {
 public:
  template <class T>
  void needs(const char* key, const T& value) {
    object_[key] = written(value);
  }
  template <class T>
  void has(const char* key, const T& value) {
    needs(key, value);
  }
  template <class T>
  void may(const char* key, const std::optional<T>& value) {
    if (value) needs(key, *value);
  }
  template <class List>
  void may(const char* key, const List& values) {
    if (!values.empty()) needs(key, values);
  }
  template <class T>
  void or_null(const char* key, const std::optional<T>& value) {
    object_[key] = value ? written(*value) : nlohmann::ordered_json();
  }
  nlohmann::ordered_json take() { return std::move(object_); }

 private:
  nlohmann::ordered_json object_ = nlohmann::ordered_json::object();
};

class FieldReader {
 public:
  explicit FieldReader(JsonValue object) : object_(std::move(object)) {}

  template <class T>
  void needs(const char* key, T&& value) {
    read(object_.at(key), value);
  }
  template <class T>
  void has(const char* key, T&& value) {
    if (const auto found = object_.find(key)) read(*found, value);
  }
  template <class T>
  void may(const char* key, std::optional<T>& value) {
    if (const auto found = object_.find(key)) read(*found, value.emplace());
  }
  template <class List>
  void may(const char* key, List& values) {
    has(key, values);
  }
  template <class T>
  void or_null(const char* key, std::optional<T>& value) {
    may(key, value);
  }

 private:
  JsonValue object_;
};

template <class T>
concept HasFields = requires(FieldWriter& writer, const T& result) {
  fields(writer, result);
};

template <class T>
concept IsByName = requires {
  typename T::mapped_type;
};

template <class T>
concept IsBounded = requires(T value) {
  value.least;
};

template <class T>
concept IsWidths = requires(T value) {
  value.of_filters;
};

template <class T>
concept IsOptional = requires(T value) {
  value.has_value();
};

template <class T>
concept IsList = !std::same_as<T, std::string> && !IsByName<T> && !IsOptional<T> && requires {
  typename T::value_type;
};

template <class T>
nlohmann::ordered_json written(const T& value) {
  nlohmann::ordered_json json;
  if constexpr (HasFields<T>) {
    FieldWriter writer;
    fields(writer, value);
    json = writer.take();
  } else if constexpr (IsByName<T>) {
    json = nlohmann::ordered_json::object();
    for (const auto& [name, each] : value) json[name] = written(each);
  } else if constexpr (IsOptional<T>) {
    if (value) json = written(*value);
  } else if constexpr (std::same_as<T, WrittenSchema>) {
    json = value.version;
  } else if constexpr (IsBounded<T>) {
    json = written(value.value);
  } else if constexpr (IsWidths<T>) {
    json = value.of_filters.empty() ? written(value.most) : written(value.of_filters);
  } else if constexpr (IsList<T>) {
    json = nlohmann::ordered_json::array();
    for (const auto& each : value) json.push_back(written(each));
  } else {
    json = value;
  }
  return json;
}

/// The greatest whole number that both a T and a file's std::int64_t hold.
template <std::integral T>
constexpr std::int64_t kMost = std::in_range<std::int64_t>(std::numeric_limits<T>::max())
                                   ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
                                   : std::numeric_limits<std::int64_t>::max();

template <class T>
void read_at_least(double least, const JsonValue& json, T& value) {
  read(json, value);
  if (static_cast<double>(value) < least)
    throw json.error(
        fmt::format("must be at least {:g}, got {}", least, bitloom::json_text(json.json())));
}

template <class T>
void read(const JsonValue& json, T& value) {
  if constexpr (HasFields<T>) {
    FieldReader reader(json);
    fields(reader, value);
  } else if constexpr (IsByName<T>) {
    for (const auto& [name, each] : json.members()) {
      if (each.json().is_null()) continue;
      if constexpr (std::same_as<typename T::mapped_type, double>)
        read_at_least(0, each, value[name]);
      else
        read(each, value[name]);
    }
  } else if constexpr (IsOptional<T>) {
    if (!json.json().is_null()) read(json, value.emplace());
  } else if constexpr (std::same_as<T, Schema>) {
    if (const std::int64_t version = json.integer(); version != 1)
      throw json.error(fmt::format("must be 1, which this program reads, got {}", version));
  } else if constexpr (IsBounded<T>) {
    read_at_least(value.least, json, value.value);
  } else if constexpr (IsWidths<T>) {
    if (!json.json().is_array()) return read(json, value.most);
    read(json, value.of_filters);
    if (value.of_filters.empty()) throw json.error("must have bits of each filter");
    value.most = *std::max_element(value.of_filters.begin(), value.of_filters.end());
  } else if constexpr (IsList<T>) {
    for (const JsonValue& each : json.items()) read(each, value.emplace_back());
  } else if constexpr (std::same_as<T, bool>) {
    value = json.boolean();
  } else if constexpr (std::same_as<T, std::string>) {
    value = json.shown_text();
  } else if constexpr (std::integral<T>) {
    value = static_cast<T>(json.integer(0, kMost<T>));
  } else {
    value = json.number();
  }
}

/// A file's text.
template <class T>
std::string file_text(const T& result, int indent) {
  return bitloom::json_text(written(result), indent) + "\n";
}

template <class T>
T read_result(const JsonValue& json) {
  T result;
  read(json, result);
  return result;
}

}  // namespace bitloom::reports
