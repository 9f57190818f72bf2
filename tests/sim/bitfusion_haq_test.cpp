#include <gtest/gtest.h>

#include <cmath>

#include "reports/haq/bitfusion_tables.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

const std::string kFusionSource = BITLOOM_SOURCE_DIR;
const haq::BitFusionSources kFusionSources{kFusionSource + "/configs/hardware",
                                           kFusionSource + "/reports/published/haq_bitfusion.csv"};

TEST(HaqTable4, AgreesWithin3PercentAtOneSetting) {
  const auto rows = haq::compare_bitfusion(kFusionSources);
  ASSERT_EQ(rows.size(), 4U);
  for (const haq::BitFusionRow& row : rows)
    EXPECT_LT(std::abs(row.latency_error_percent()), 3) << graph::to_text(row.bits);
}

TEST(HaqTable4, IsReadInTheWayOfTheLeastWorstError) {
  const auto rows = haq::compare_bitfusion(kFusionSources);
  const auto worst = [&](const haq::BitFusionReading& reading) {
    double error = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
      error = std::max(error, std::abs(reading.ms[i] / rows[i].published_ms - 1));
    return error;
  };
  const auto readings = haq::bitfusion_readings(kFusionSources);
  for (std::size_t i = 1; i < readings.size(); ++i)
    EXPECT_GT(worst(readings[i]), worst(readings[0])) << readings[i].change;
}

TEST(BitFusionHaqPage, ShowsWhatTheProgramComputes) {
  const std::string page = testing::contents(kFusionSource + "/reports/bitfusion-haq.md");
  const auto rows = haq::compare_bitfusion(kFusionSources);
  const auto expect = [&](const std::string& name, const std::string& table) {
    EXPECT_NE(page.find("<!-- " + name + " -->\n" + table + "<!-- end -->"), std::string::npos)
        << name << ": run scripts/update-haq-table";
  };
  expect("table4", haq::latency_markdown(rows));
  expect("table5", haq::energy_markdown(rows));
  expect("readings", haq::readings_markdown(haq::bitfusion_readings(kFusionSources), rows));
}

}  // namespace
}  // namespace bitloom
