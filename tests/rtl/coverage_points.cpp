#include "tests/rtl/coverage_points.h"

#include <fstream>

#include <fmt/format.h>

namespace bitloom::verify {
namespace {

/// A field of a coverage point: \001name\002value\001...
std::string field(const std::string& point, const std::string& name) {
  const auto begin = point.find("\001" + name + "\002");
  if (begin == std::string::npos) return "";
  const auto value = begin + name.size() + 2;
  return point.substr(value, point.find_first_of("\001'", value) - value);
}

std::string to_text(const Points& points, const char* kind) {
  return fmt::format("{} {} of {}, {:.1f} %", kind, points.reached, points.all, points.percent());
}

}  // namespace

CoveragePoints read_coverage(const std::filesystem::path& path) {
  CoveragePoints points;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] != 'C') continue;
    const bool toggle = field(line, "page").rfind("v_toggle", 0) == 0;
    Points& kind = toggle ? points.toggles : points.lines;
    ++kind.all;
    kind.reached += std::stoll(line.substr(line.rfind(' '))) > 0;
  }
  return points;
}

std::string to_text(const CoveragePoints& points) {
  return to_text(points.lines, "lines") + "; " + to_text(points.toggles, "toggles");
}

}  // namespace bitloom::verify
