#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace bitloom {

/// Reads a JSON text; `source` names it in complaints, such as a file's path. Strict: a key that an
/// object has twice, text that is not UTF-8, values nested deeper than 64 levels and anything
/// behind the value are UserErrors, `source:line:column: what was wrong`. A byte order mark is
/// passed over.
nlohmann::ordered_json parse_json(std::string_view text, const std::string& source);

/// Reads a JSON file.
nlohmann::ordered_json read_json_file(const std::string& path);

constexpr int kOnOneLine = -1;

/// JSON as text, each level indented by `indent` spaces, or on one line without spaces. What is not
/// UTF-8 in a text is replaced by U+FFFD: names come from files and command lines.
std::string json_text(const nlohmann::ordered_json& json, int indent = kOnOneLine);
std::string json_text(const nlohmann::json& json, int indent = kOnOneLine);

}  // namespace bitloom
