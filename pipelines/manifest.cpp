#include "pipelines/manifest.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"

namespace bitloom::pipelines {

using nlohmann::ordered_json;

Manifest::Manifest(std::string_view command)
    : json_(std::make_unique<ordered_json>(
          ordered_json{{"command", command}, {"version", BITLOOM_VERSION}})),
      notes_(std::make_unique<ordered_json>(ordered_json::object())) {}

Manifest::~Manifest() = default;
Manifest::Manifest(Manifest&&) noexcept = default;

void Manifest::option(std::string_view name, const std::string& value) { fact(name, value); }

void Manifest::option(std::string_view name, graph::Precision value) {
  fact(name, graph::to_text(value));
}

void Manifest::option(std::string_view name, double value) { fact(name, fmt::format("{}", value)); }

void Manifest::file(std::string_view name, const std::optional<std::string>& path) {
  fact(fmt::format("{}_hash", name), path ? ordered_json(file_hash(*path)) : ordered_json());
}

void Manifest::absent(std::string_view name) { fact(name, nullptr); }

void Manifest::fact(std::string_view name, const ordered_json& value) {
  (*json_)[std::string(name)] = value;
}

void Manifest::note(std::string_view name, const ordered_json& value) {
  (*notes_)[std::string(name)] = value;
}

namespace {

/// An option as it was asked, rather than what it came to or a file's hash.
bool is_option(const std::string& key, const ordered_json& value) {
  return (value.is_string() || value.is_null()) && !key.ends_with("_hash");
}

}  // namespace

std::optional<std::string> difference(const ordered_json& there, const ordered_json& wanted) {
  std::optional<std::string> derived;
  for (const auto& [key, value] : wanted.items()) {
    if (there.contains(key) && there[key] == value) continue;
    const std::string other =
        fmt::format("{} {}, not {}", key, there.contains(key) ? json_text(there[key]) : "missing",
                    json_text(value));
    if (is_option(key, value)) return other;
    if (!derived) derived = other;
  }
  return derived;
}

std::string file_hash(const std::string& path) { return Fnv1a().add(read_file(path)).text(); }

}  // namespace bitloom::pipelines
