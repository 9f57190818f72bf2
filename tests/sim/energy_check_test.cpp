#include <gtest/gtest.h>

#include "sim/catalogue.h"
#include "sim/families/bismo/description.h"
#include "sim/simulator.h"

namespace bitloom {
namespace {

/// BISMO's second board (README of EECS-NTNU/bismo): 15.4 binary TOPS under 8 W on an Ultra96; 10 x
/// 256 x 10 at 300 MHz.
TEST(EnergyModel, StaysUnderTheBoardPowerThatBismoReportsAndAboveOneWatt) {
  auto ultra96 = hardware::load_hardware("bismo-ultra96", BITLOOM_SOURCE_DIR "/configs/hardware")
                     .as<hardware::Bismo>();
  ultra96.dram.reset();  // operands never keep the array waiting
  ultra96.activation_port_bits = ultra96.weight_port_bits = 256;
  ultra96.overlap = false;
  ultra96.fetch_sync = hardware::FetchSync::kPlane;
  ultra96.write_back = hardware::WriteBack::kNone;
  ultra96.layout = {};
  EXPECT_NEAR(ultra96.peak_binary_tops(), 15.4, 0.05);

  graph::LayerShape busy;  // compute-bound: 98 % of cycles issue
  busy.in_channels = 512;
  busy.out_channels = 512;
  busy.kernel = {3, 3};
  busy.output = busy.input = {56, 56};
  const auto cost = sim::price(busy, {8, 8}, ultra96, 1, sim::analytic());
  EXPECT_GT(cost.timing.compute.count(), 0.95 * static_cast<double>(cost.timing.total.count()));
  const double watts =
      cost.energy.total().count() * 1e-9 / runtime(cost.timing.total, ultra96.clock()).count();
  EXPECT_LT(watts, 8);
  EXPECT_GT(watts, 1);
  RecordProperty("watts", std::to_string(watts));
}

}  // namespace
}  // namespace bitloom
