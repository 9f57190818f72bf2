#include <gtest/gtest.h>

#include <cmath>

#include "models/graph/zoo/zoo.h"
#include "reports/haq/bitfusion_tables.h"
#include "sim/catalogue.h"
#include "sim/simulator.h"
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

TEST(HaqTables4And5, AreWithin3And5PercentWithLeakage) {
  struct Row {
    graph::Precision bits;
    double published_ms, published_mj, ms, mj;
  };
  const Row rows[] = {{{4, 4}, 7.86, 13.47, 7.669, 12.801},
                      {{6, 4}, 11.10, 16.57, 11.416, 17.383},
                      {{6, 6}, 19.99, 26.80, 19.435, 25.741},
                      {{8, 8}, 20.08, 31.03, 19.513, 30.420}};
  const auto machine =
      hardware::load_hardware("bitfusion-haq-leakage", kFusionSources.hardware_folder);
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v1"));
  for (const Row& row : rows) {
    Cycles cycles;
    Picojoules energy;
    for (const cost::LayerCost& cost :
         sim::price(layers, graph::uniform_policy(layers.size(), row.bits), machine, 1)) {
      cycles += cost.timing.total;
      energy += cost.energy.total();
    }
    const double ms = runtime(cycles, machine.clock()).count(), mj = energy.count() * 1e-9;
    EXPECT_NEAR(ms, row.ms, 5e-4) << graph::to_text(row.bits);
    EXPECT_NEAR(mj, row.mj, 5e-4) << graph::to_text(row.bits);
    EXPECT_LT(std::abs(ms / row.published_ms - 1), 0.03) << graph::to_text(row.bits);
    EXPECT_LT(std::abs(mj / row.published_mj - 1), 0.05) << graph::to_text(row.bits);
  }
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
