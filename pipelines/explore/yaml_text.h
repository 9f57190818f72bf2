#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace bitloom::pipelines {

/// A mapping of JSON as YAML in blocks, texts quoted as JSON quotes them and broken at spaces.
std::string yaml_text(const nlohmann::ordered_json& json);

/// Settings, a line of comment each.
std::string settings_comment(const std::vector<std::string>& settings);

}  // namespace bitloom::pipelines
