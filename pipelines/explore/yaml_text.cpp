#include "pipelines/explore/yaml_text.h"

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace bitloom::pipelines {
namespace {

void append_block(const nlohmann::ordered_json& mapping, const std::string& indent,
                  std::string& text) {
  for (const auto& [key, value] : mapping.items()) {
    text += indent + key + ":";
    if (value.is_object() && !value.empty()) {
      text += "\n";
      append_block(value, indent + "  ", text);
    } else {
      text += " " + json_text(value) + "\n";
    }
  }
}

}  // namespace

std::string yaml_text(const nlohmann::ordered_json& json) {
  std::string text;
  append_block(json, "", text);
  return text;
}

std::string settings_comment(const std::vector<std::string>& settings) {
  std::string text;
  for (const std::string& setting : settings) text += "#   " + setting + "\n";
  return text;
}

}  // namespace bitloom::pipelines
