#pragma once

#include <map>
#include <string>

namespace bitloom::pipelines {

/// Has node run `script` (reports::svg_script) and returns the drawings by the figures' ids. A
/// UserError where there is no node, or where it fails.
std::map<std::string, std::string> draw_svgs(const std::string& script);

}  // namespace bitloom::pipelines
