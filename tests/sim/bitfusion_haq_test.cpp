#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "reports/haq/bitfusion_tables.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

const std::string kFusionSource = BITLOOM_SOURCE_DIR;
const haq::BitFusionSources kFusionSources{kFusionSource + "/configs/hardware",
                                           kFusionSource + "/reports/published/haq_bitfusion.csv"};

/// The largest of all rows, in percent.
double worst_error(const haq::BitFusionReading& reading, double haq::BitFusionCost::*figure) {
  const auto rows = haq::published_rows(kFusionSources);
  double worst = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    worst = std::max(
        worst, std::abs(haq::error_percent(reading.costs[i].*figure, rows[i].published.*figure)));
  return worst;
}

TEST(HaqTable4, AgreesWithin3PercentAtOneSetting) {
  for (const haq::BitFusionReading& machine : haq::bitfusion_machines(kFusionSources))
    EXPECT_LT(worst_error(machine, &haq::BitFusionCost::ms), 3) << machine.text;
}

TEST(HaqTable4, IsReadInTheWayOfTheLeastWorstError) {
  const auto readings = haq::latency_readings(kFusionSources);
  const double least = worst_error(readings[0], &haq::BitFusionCost::ms);
  for (std::size_t i = 1; i < readings.size(); ++i)
    EXPECT_GT(worst_error(readings[i], &haq::BitFusionCost::ms), least) << readings[i].text;
}

TEST(HaqTables4And5, HaveTheseEightFiguresWithLeakage) {
  const haq::BitFusionReading machine = haq::bitfusion_machines(kFusionSources)[1];
  EXPECT_EQ(machine.text, "bitfusion-haq-leakage");
  const haq::BitFusionCost expected[] = {
      {7.669, 12.801}, {11.416, 17.383}, {19.435, 25.741}, {19.513, 30.420}};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_NEAR(machine.costs[i].ms, expected[i].ms, 5e-4) << i;
    EXPECT_NEAR(machine.costs[i].mj, expected[i].mj, 5e-4) << i;
  }
  EXPECT_LT(worst_error(machine, &haq::BitFusionCost::ms), 3);
  EXPECT_LT(worst_error(machine, &haq::BitFusionCost::mj), 5);
}

TEST(BitFusionHaqPage, ShowsWhatTheProgramComputes) {
  const std::string page = testing::contents(kFusionSource + "/reports/bitfusion-haq.md");
  const auto expect = [&](const std::string& name, const std::string& table) {
    EXPECT_NE(page.find("<!-- " + name + " -->\n" + table + "<!-- end -->"), std::string::npos)
        << name << ": run scripts/update-haq-table";
  };
  expect("table4", haq::latency_markdown(kFusionSources));
  expect("table5", haq::energy_markdown(kFusionSources));
  expect("readings", haq::readings_markdown(kFusionSources));
  expect("leakage", haq::steps_markdown(kFusionSources));
}

}  // namespace
}  // namespace bitloom
