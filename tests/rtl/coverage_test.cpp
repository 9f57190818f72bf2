#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "rtl/verify/linked_cores.h"
#include "tests/rtl/coverage_points.h"
#include "tests/rtl/layer_check.h"

namespace bitloom::verify {

std::span<const LinkedCore> coverage_cores();

namespace {

TEST(Coverage, OfRandomLayersPasses95PercentOfLinesAnd90PercentOfToggles) {
  const LinkedCore& linked = coverage_cores().front();
  const auto core = linked.make(linked.parameters);
  EXPECT_EQ(check_random_layers(*core, 200, 1, 12000, 0), "");
  EXPECT_EQ(check_random_layers(*core, 100, 2, 6000, 1), "");
  const auto path = std::filesystem::temp_directory_path() /
                    ("bitloom-coverage-" + std::to_string(getpid()) + ".dat");
  ASSERT_TRUE(core->write_coverage(path.string()));
  const CoveragePoints points = read_coverage(path);
  std::filesystem::remove(path);
  std::cout << to_text(points) << "\n";
  EXPECT_GT(points.lines.percent(), 95);
  EXPECT_GT(points.toggles.percent(), 90);
}

}  // namespace
}  // namespace bitloom::verify
