#include "reports/text/sensitivity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

search::Sensitivity trace_of_two_layers() {
  const auto tensor = [](double trace) {
    search::TensorSensitivity found;
    found.trace = trace;
    found.standard_error = trace / 2;
    found.omega = {{2, trace * 1.7e-3}, {4, trace * 1.7e-5}};
    return found;
  };
  return {.network = "net",
          .method = "trace",
          .quantizer = "uniform",
          .layers = {{"layer1.0.downsample.conv", tensor(1.23e-6), tensor(2.34e-6)},
                     {"layer1.1.downsample.conv", tensor(1.56e-6), tensor(2.78e-6)}}};
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, width_of(line));
  return widest;
}

TEST(SensitivityText, HasWeightsAndInputsSideBySideWhereThereIsRoom) {
  const std::string text = sensitivity_text(trace_of_two_layers(), 120);
  EXPECT_NE(text.find("weights omega 2 omega 4"), std::string::npos) << text;
  EXPECT_EQ(text.find("\nlayer "), std::string::npos) << "one table: " << text;
}

TEST(SensitivityText, HasATableEachWhereThereIsNot) {
  const std::string text = sensitivity_text(trace_of_two_layers(), 70);
  EXPECT_LE(widest_line(text), 70U) << text;
  EXPECT_NE(text.find("\nlayer "), std::string::npos) << "a second table: " << text;
  EXPECT_NE(text.find("layer1.1.downsample.conv"), std::string::npos)
      << "names are whole: " << text;
}

}  // namespace
}  // namespace bitloom::reports
