#include <gtest/gtest.h>

#include "sim/engines.h"
#include "sim/families/bismo/energy.h"
#include "sim/simulator.h"
#include "tests/support/priced_on_bismo.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

const graph::LayerShape kLayer = testing::tiny_convolution(3, 10, 3, 5);

testing::PricedOnBismo priced(const hardware::Bismo& hw) {
  return testing::priced_on_bismo(kLayer, {3, 2}, hw);
}

/// Tiny hardware whose energies are all zero.
hardware::Bismo free_hardware() {
  hardware::Bismo hw = testing::tiny_hardware();
  for (hardware::SourcedConstant* constant :
       {&hw.energy.popcount_bit_pj, &hw.energy.accumulate_pj, &hw.energy.buffer_read_bit_pj,
        &hw.energy.buffer_write_bit_pj, &hw.energy.dram_bit_pj, &hw.energy.idle_dpu_pj,
        &hw.energy.static_mw})
    constant->value = 0;
  return hw;
}

TEST(Energy, OfConstantsAtZeroIsZero) {
  const cost::Energy energy = priced(free_hardware()).energy;
  EXPECT_EQ(energy.compute.count(), 0);
  EXPECT_EQ(energy.buffer.count(), 0);
  EXPECT_EQ(energy.dram.count(), 0);
  EXPECT_EQ(energy.leakage.count(), 0);
  EXPECT_EQ(energy.total().count(), 0);
}

TEST(Energy, TotalIsTheSumOfItsParts) {
  const cost::Energy e = priced(testing::tiny_hardware()).energy;
  EXPECT_DOUBLE_EQ(e.total().count(),
                   e.compute.count() + e.buffer.count() + e.dram.count() + e.leakage.count());
}

TEST(Energy, OfOneConstantIsItsActionsTimesIt) {
  const auto cost = priced(free_hardware());
  const auto actions = [](std::int64_t count) { return 2 * static_cast<double>(count); };
  const auto total_with = [](hardware::SourcedConstant hardware::BismoEnergy::*constant) {
    hardware::Bismo hw = free_hardware();
    (hw.energy.*constant).value = 2;
    return priced(hw).energy.total().count();
  };
  using hardware::BismoEnergy;
  EXPECT_DOUBLE_EQ(total_with(&BismoEnergy::popcount_bit_pj), actions(cost.actions.dpu_steps * 4));
  EXPECT_DOUBLE_EQ(total_with(&BismoEnergy::accumulate_pj), actions(cost.actions.dpu_steps));
  EXPECT_DOUBLE_EQ(total_with(&BismoEnergy::buffer_read_bit_pj),
                   actions(cost.actions.buffer_read.count()));
  EXPECT_DOUBLE_EQ(total_with(&BismoEnergy::buffer_write_bit_pj),
                   actions(cost.actions.buffer_written.count()));
  EXPECT_DOUBLE_EQ(total_with(&BismoEnergy::dram_bit_pj), actions(cost.actions.port().count()));
  EXPECT_DOUBLE_EQ(total_with(&BismoEnergy::idle_dpu_pj),
                   actions(cost.timing.fetch_stall.count() * 2 * 3));
}

TEST(Energy, OfCoefficientsIsThatOfTheirMultiplications) {
  hardware::Bismo hw = free_hardware();
  hw.coefficients = hardware::Coefficients::kFixedPoint;
  hw.energy.multiply_pj.value = 3;
  const auto cost = priced(hw);
  EXPECT_GT(cost.actions.multiplications, cost.actions.dpu_steps);
  EXPECT_DOUBLE_EQ(cost.energy.compute.count(),
                   3 * static_cast<double>(cost.actions.multiplications));
  hw.coefficients = hardware::Coefficients::kShift;
  EXPECT_EQ(priced(hw).energy.total().count(), 0);
}

TEST(Energy, OfLeakageOverTimeIsTheStaticPower) {
  hardware::Bismo hw = free_hardware();
  hw.energy.static_mw.value = 250;
  const cost::LayerCost cost = priced(hw);
  const double seconds = static_cast<double>(cost.timing.total.count()) / 100e6;
  EXPECT_NEAR(cost.energy.total().count() * 1e-12 / seconds, 0.250, 1e-12) << "watts";
}

TEST(Energy, OfActionsDoesNotDependOnTheClock) {
  hardware::Bismo slow = testing::tiny_hardware(), fast = slow;
  fast.clock_mhz = 2 * slow.clock_mhz;
  const cost::Energy slow_energy = priced(slow).energy, fast_energy = priced(fast).energy;
  EXPECT_EQ(slow_energy.compute, fast_energy.compute);
  EXPECT_EQ(slow_energy.buffer, fast_energy.buffer);
  EXPECT_EQ(slow_energy.dram, fast_energy.dram);
  EXPECT_DOUBLE_EQ(slow_energy.leakage.count(), 2 * fast_energy.leakage.count());
}

cost::DramEnergy of_dram(const cost::LayerCost& cost, const hardware::Bismo& hw) {
  return cost::dram_energy(cost.dram_actions, cost.timing, hw);
}

TEST(DramEnergy, IsWhatTheLayersEnergyOfDramIsMadeOf) {
  const hardware::Bismo hw = testing::shipped_hardware("bismo-edge-real");
  const graph::LayerShape layer = testing::tiny_convolution(64, 100, 3, 20);
  for (const auto engine : {sim::analytic(), sim::cycle()}) {
    const cost::LayerCost cost = sim::price(layer, {4, 4}, hw, 1, engine);
    const cost::DramEnergy e = of_dram(cost, hw);
    for (const Picojoules part : {e.activate, e.read, e.write, e.refresh, e.background})
      EXPECT_GT(part.count(), 0);
    EXPECT_DOUBLE_EQ(cost.energy.dram.count(), e.total().count());
    EXPECT_DOUBLE_EQ(e.total().count(), e.activate.count() + e.read.count() + e.write.count() +
                                            e.refresh.count() + e.background.count());
    EXPECT_DOUBLE_EQ(cost.energy.total().count(),
                     cost.energy.compute.count() + cost.energy.buffer.count() +
                         cost.energy.dram.count() + cost.energy.leakage.count());
  }
}

TEST(DramEnergy, OfEachConstantIsItsActionsTimesIt) {
  const hardware::Bismo hw = testing::shipped_hardware("bismo-cloud-real");
  cost::Timing timing;
  timing.total = Cycles(200 * 1000);  // a millisecond at 200 MHz: 128 refreshes of 7.8 us
  const cost::DramEnergy e = cost::dram_energy({3, 5, 7}, timing, hw);
  const hardware::Dram& dram = *hw.dram;
  EXPECT_DOUBLE_EQ(e.activate.count(), 3 * dram.activate_pj.value);
  EXPECT_DOUBLE_EQ(e.read.count(), 5 * 512 * dram.read_bit_pj.value);
  EXPECT_DOUBLE_EQ(e.write.count(), 7 * 512 * dram.write_bit_pj.value);
  EXPECT_DOUBLE_EQ(e.refresh.count(), 2 * 128 * dram.refresh_pj.value);
  EXPECT_DOUBLE_EQ(e.background.count(), 2 * dram.background_mw.value * 1e6);
}

}  // namespace
}  // namespace bitloom
