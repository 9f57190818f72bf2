#include "reports/haq/haq_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/simulator.h"

namespace bitloom {
namespace {

const std::string kSource = BITLOOM_SOURCE_DIR;
const haq::Sources kSources{kSource + "/configs/hardware",
                            kSource + "/reports/published/haq_table3.csv",
                            kSource + "/tests/golden/haq_lut_even_layers.csv"};

TEST(HaqTable3, ThirteenOfSixteenFiguresAgreeWithin002Percent) {
  const auto rows = haq::compare_table3(kSources);
  ASSERT_EQ(rows.size(), 16u);
  int close = 0;
  for (const auto& row : rows) close += std::abs(row.error_percent()) < 0.02;
  EXPECT_EQ(close, 13);
}

TEST(HaqTable3, TheCloudsEightFiguresAgreeToThePrintedDigit) {
  for (const auto& row : haq::compare_table3(kSources))
    if (row.hardware == "bismo-cloud") {
      EXPECT_NEAR(row.ours_ms, row.published_ms, 0.005) << row.network << " at " << row.bits;
    }
}

TEST(HaqTable3, EdgeMobileNetV1BelowEightBitsAgreesWithTheFirstLayerAdded) {
  int compared = 0;
  for (const auto& row : haq::compare_table3(kSources))
    if (row.hardware == "bismo-edge" && row.network == "mobilenet_v1" && row.bits < 8) {
      EXPECT_LT(std::abs(row.error_with_first_layer_percent()), 0.1) << row.bits;
      ++compared;
    }
  EXPECT_EQ(compared, 3);
}

TEST(HaqTable3, ThePageInReportsShowsWhatTheProgramComputes) {
  std::ifstream file(kSource + "/reports/haq-table.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_NE(page.str().find("<!-- table3 -->\n" +
                            haq::table3_markdown(haq::compare_table3(kSources)) + "<!-- end -->"),
            std::string::npos)
      << "run scripts/update-haq-table";
  EXPECT_NE(page.str().find("<!-- ablation -->\n" + haq::ablation_markdown(haq::ablate(kSources)) +
                            "<!-- end -->"),
            std::string::npos)
      << "run scripts/update-haq-table";
}

TEST(HaqPolicy, TheMobileNetV2PolicyAt06CostsWhatHaqSays) {
  const graph::Graph network = graph::make_network("mobilenet_v2");
  const auto layers = graph::layers_of(network);
  const auto policy = graph::read_policy(kSource + "/tests/golden/haq_policy_mobilenet_v2_0.6.json",
                                         network.name(), layers);
  const auto cloud = hardware::load_hardware("bismo-cloud", kSources.hardware_folder);
  const auto cycles = [&](const graph::Policy& p) {
    Cycles total;
    for (const auto& cost : sim::price(layers, p, cloud, 16, sim::analytic()))
      total += cost.timing.total;
    return total.count();
  };
  EXPECT_EQ(cycles(graph::uniform_policy(layers.size(), {8, 8})), 39'624'933);
  EXPECT_EQ(cycles(policy), 23'634'821);
  EXPECT_NEAR(23'634'821.0 / 39'624'933.0, 0.5965, 5e-5);
}

}  // namespace
}  // namespace bitloom
