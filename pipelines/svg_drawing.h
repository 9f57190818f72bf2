#pragma once

#include <map>
#include <string>
#include <string_view>

namespace bitloom::pipelines {

/// Has node run `script` (reports::svg_script) and returns the drawings by the figures' ids. A
/// UserError that begins with `option` where there is no node, or where it fails.
std::map<std::string, std::string> draw_svgs(std::string_view option, const std::string& script);

}  // namespace bitloom::pipelines
