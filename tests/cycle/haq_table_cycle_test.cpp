#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/cycle.h"

namespace bitloom {
namespace {

const std::string kSource = BITLOOM_SOURCE_DIR;

/// Compares every `stride`th entry of HAQ's table with the engine.
void compare(int stride) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v2"));
  const auto cloud =
      hardware::load_hardware("bismo-cloud", kSource + "/configs/hardware").as<hardware::Bismo>();
  std::ifstream golden(kSource + "/tests/golden/haq_lut_even_layers.csv");
  std::string line;
  ASSERT_TRUE(std::getline(golden, line));
  EXPECT_EQ(line, "layer,weight_bits,activation_bits,cycles");
  int entries = 0;
  for (; std::getline(golden, line); ++entries) {
    if (entries % stride != 0) continue;
    std::istringstream row(line);
    std::size_t layer = 0;
    graph::Precision bits;
    std::int64_t cycles = 0;
    char comma = 0;
    row >> layer >> comma >> bits.weight_bits >> comma >> bits.activation_bits >> comma >> cycles;
    const auto schedule =
        analytic::schedule(mapping::map_layer(layers.at(layer), bits, cloud, 16), cloud);
    EXPECT_EQ(cycle::run(schedule, cloud).timing.total.count(), cycles)
        << layers.at(layer).name << " at " << graph::to_text(bits);
  }
  EXPECT_EQ(entries, 1728);
}

TEST(HaqLatencyTable, EverySeventyFirstEntryIsEqualByEvents) { compare(71); }

TEST(SlowHaqLatencyTable, EveryEntryIsEqualByEvents) { compare(1); }

}  // namespace
}  // namespace bitloom
