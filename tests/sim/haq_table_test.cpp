#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/families/bismo/description.h"
#include "sim/simulator.h"

namespace bitloom {
namespace {

const std::string kTableSource = BITLOOM_SOURCE_DIR;

TEST(HaqLatencyTable, EvenLayersOfMobileNetV2AtBatch16AreEqual) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v2"));
  const auto cloud = hardware::load_hardware("bismo-cloud", kTableSource + "/configs/hardware")
                         .as<hardware::Bismo>();
  const sim::CostTable table(layers, cloud, 16, 8);
  std::ifstream golden(kTableSource + "/tests/golden/haq_lut_even_layers.csv");
  std::string line;
  ASSERT_TRUE(std::getline(golden, line));
  EXPECT_EQ(line, "layer,weight_bits,activation_bits,cycles");
  int compared = 0;
  for (; std::getline(golden, line); ++compared) {
    std::istringstream row(line);
    std::size_t layer = 0;
    graph::Precision bits;
    std::int64_t cycles = 0;
    char comma = 0;
    row >> layer >> comma >> bits.weight_bits >> comma >> bits.activation_bits >> comma >> cycles;
    EXPECT_EQ(table.at(layer, bits).timing.total.count(), cycles)
        << layers.at(layer).name << " at " << graph::to_text(bits);
  }
  EXPECT_EQ(compared, 1728);
}

}  // namespace
}  // namespace bitloom
