#include "pipelines/explore/yaml_text.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "reports/text/text_table.h"

namespace bitloom::pipelines {
namespace {

constexpr std::size_t kWidth = 80;

/// Whether a line may end at a character: at a space alone, which reads as a space then.
bool may_end(const std::string& value, std::size_t i) {
  return value[i] == ' ' && i > 1 && i + 2 < value.size() && value[i - 1] != ' ' &&
         value[i + 1] != ' ';
}

/// A value that begins at `column` in lines of at most 80 columns where its spaces allow that.
std::string broken(const std::string& value, std::size_t column, const std::string& indent) {
  std::string text;
  for (std::size_t begin = 0; begin < value.size();) {
    std::size_t end = begin + 1;
    while (end < value.size() && !may_end(value, end)) ++end;
    const std::string word = value.substr(begin, end - begin);
    const bool fits = column + 1 + reports::width_of(word) <= kWidth;
    if (begin > 0) {
      text += fits ? " " : "\n" + indent;
      column = fits ? column + 1 : indent.size();
    }
    text += word;
    column += reports::width_of(word);
    begin = end + 1;
  }
  return text;
}

/// A list with a space after each comma, else the value as JSON has it.
std::string value_text(const nlohmann::ordered_json& value) {
  if (!value.is_array()) return json_text(value);
  std::string items;
  for (const nlohmann::ordered_json& item : value)
    items += (items.empty() ? "" : ", ") + json_text(item);
  return "[" + items + "]";
}

void append_block(const nlohmann::ordered_json& mapping, const std::string& indent,
                  std::string& text) {
  for (const auto& [key, value] : mapping.items()) {
    text += indent + key + ":";
    if (value.is_object() && !value.empty()) {
      text += "\n";
      append_block(value, indent + "  ", text);
    } else {
      const std::size_t column = indent.size() + reports::width_of(key) + 2;
      text += " " + broken(value_text(value), column, indent + "  ") + "\n";
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
