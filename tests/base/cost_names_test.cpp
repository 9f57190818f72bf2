#include "base/cost_names.h"

#include <gtest/gtest.h>

namespace bitloom {
namespace {

std::string text(const std::string& name, double amount) {
  return shown_cost(name, amount).text(amount, 4);
}

TEST(ShownCosts, HaveAUnitThatSuitsTheirSize) {
  EXPECT_EQ(text("latency_ms", 172878), "172.9 s");
  EXPECT_EQ(text("latency_ms", 0.02393), "23.93 us");
  EXPECT_EQ(text("energy_mj", 0.5), "0.5 mJ");
  EXPECT_EQ(text("size_mb", 0.067084), "67.08 kB");
  EXPECT_EQ(text("power_mw", 1316), "1.316 W");
  EXPECT_EQ(text("bops_g", 12345), "12.35 T");
  EXPECT_EQ(text("bops_g", 1e-8), "10") << "a count has no unit of its own";
  EXPECT_EQ(text("dram_mb", 0), "0 MB");
}

TEST(ShownCosts, AreNumbersWhereTheirNamesHaveNoUnitThatScales) {
  EXPECT_EQ(text("energy_delay_mj_ms", 15484321.7), "15484322");
  EXPECT_EQ(text("lut", 50115), "50115");
  EXPECT_EQ(text("ms", 172878), "172878");
  EXPECT_EQ(shown_cost("lut", 1).heading(), "lut");
}

TEST(ShownCosts, OfAColumnHaveTheUnitOfTheGreatest) {
  const ShownCost latency = shown_cost("latency_ms", 15484321.7);
  EXPECT_EQ(latency.heading(), "latency h");
  EXPECT_EQ(latency.cell(36000, 4), "0.01");
  EXPECT_EQ(shown_cost("bops_g", 1e-8).heading(), "bops");
}

}  // namespace
}  // namespace bitloom
