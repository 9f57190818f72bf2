#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "models/graph/precision.h"

namespace bitloom::pipelines {

/// What the result of a run is a function of: the visitor of options. A struct of options has one
/// function that shows it every field, once:
///
///     void declare(const SearchOptions& options, Manifest& manifest) {
///       const auto& [method, sensitivity, folder] = options;
///       manifest.option("method", method);
///       manifest.file("sensitivity", sensitivity);
///       manifest.leave_out(folder);
///     }
///
/// The structured binding names all fields, so that one which is added later does not compile until
/// it is declared, or left out in so many words.
class Manifest {
 public:
  explicit Manifest(std::string_view command);
  ~Manifest();
  Manifest(Manifest&&) noexcept;

  /// What was asked, as text that the command line takes; null where it was not given.
  void option(std::string_view name, const std::string& value);
  void option(std::string_view name, graph::Precision value);
  /// The shortest text that reads back as the same number.
  void option(std::string_view name, double value);
  template <std::integral Integer>
  void option(std::string_view name, Integer value) {
    option(name, std::to_string(value));
  }
  template <class Value>
  void option(std::string_view name, const std::optional<Value>& value) {
    if (value)
      option(name, *value);
    else
      absent(name);
  }
  /// `name`_hash: 16 digits that change with the file's content; null where there is no file.
  void file(std::string_view name, const std::optional<std::string>& path);
  /// What options and files came to.
  void fact(std::string_view name, const nlohmann::ordered_json& value);
  /// What a reader of the run wants to know, and decides nothing: a run goes on where it differs.
  void note(std::string_view name, const nlohmann::ordered_json& value);
  /// Fields that decide nothing of the result.
  template <class... Fields>
  void leave_out(const Fields&...) {}

  const nlohmann::ordered_json& json() const { return *json_; }
  const nlohmann::ordered_json& notes() const { return *notes_; }

 private:
  void absent(std::string_view name);

  std::unique_ptr<nlohmann::ordered_json> json_, notes_;
};

/// The first entry of `wanted` that `there` has otherwise, in words: `seed "2", not "1"`; an option
/// before what options came to. Nothing where it has all of them.
std::optional<std::string> difference(const nlohmann::ordered_json& there,
                                      const nlohmann::ordered_json& wanted);

/// 16 hexadecimal digits that change with the file's content (Fnv1a).
std::string file_hash(const std::string& path);

}  // namespace bitloom::pipelines
