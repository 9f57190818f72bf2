#include "reports/haq/haq_report.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/simulator.h"

namespace bitloom {
namespace {

const std::string kSource = BITLOOM_SOURCE_DIR;
const haq::Sources kSources{kSource + "/configs/hardware",
                            kSource + "/tests/golden/haq_lut_even_layers.csv"};

TEST(HaqAblation, StandsInThePageInReportsAsTheProgramComputesIt) {
  std::ifstream file(kSource + "/reports/haq-table.md");
  std::stringstream page;
  page << file.rdbuf();
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
