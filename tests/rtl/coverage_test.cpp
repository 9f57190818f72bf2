#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "rtl/verify/linked_cores.h"
#include "tests/rtl/layer_check.h"

namespace bitloom::verify {

std::span<const LinkedCore> coverage_cores();

namespace {

struct Points {
  int all = 0;
  int reached = 0;
  double percent() const { return 100.0 * reached / all; }
};

/// A field of a coverage point: \001name\002value\001...
std::string field(const std::string& point, const std::string& name) {
  const auto begin = point.find("\001" + name + "\002");
  if (begin == std::string::npos) return "";
  const auto value = begin + name.size() + 2;
  return point.substr(value, point.find_first_of("\001'", value) - value);
}

/// Points by kind: `line` (with branches) and `toggle`.
std::map<std::string, Points> read_points(const std::filesystem::path& path) {
  std::map<std::string, Points> points;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] != 'C') continue;
    const bool toggle = field(line, "page").rfind("v_toggle", 0) == 0;
    Points& kind = points[toggle ? "toggle" : "line"];
    const bool reached = std::stoll(line.substr(line.rfind(' '))) > 0;
    ++kind.all;
    kind.reached += reached;
  }
  return points;
}

TEST(Coverage, OfRandomLayersPasses95PercentOfLinesAnd90PercentOfToggles) {
  const LinkedCore& linked = coverage_cores().front();
  const auto core = linked.make(linked.parameters);
  EXPECT_EQ(check_random_layers(*core, 200, 1, 12000, 0), "");
  EXPECT_EQ(check_random_layers(*core, 100, 2, 6000, 1), "");
  const auto path = std::filesystem::temp_directory_path() /
                    ("bitloom-coverage-" + std::to_string(getpid()) + ".dat");
  ASSERT_TRUE(core->write_coverage(path.string()));
  auto points = read_points(path);
  std::filesystem::remove(path);
  for (const auto& [kind, counted] : points)
    std::cout << kind << ": " << counted.reached << " of " << counted.all << ", "
              << counted.percent() << " %\n";
  EXPECT_GT(points["line"].percent(), 95);
  EXPECT_GT(points["toggle"].percent(), 90);
}

}  // namespace
}  // namespace bitloom::verify
