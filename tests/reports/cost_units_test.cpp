#include "reports/html/cost_units.h"

#include <gtest/gtest.h>

namespace bitloom::reports {
namespace {

TEST(AmountText, HasAUnitThatSuitsItsSize) {
  EXPECT_EQ(amount_text("latency_ms", 0.8646), "0.8646 ms");
  EXPECT_EQ(amount_text("latency_ms", 15484321.7), "4.301 h");
  EXPECT_EQ(amount_text("latency_ms", 0.01634), "16.34 us");
  EXPECT_EQ(amount_text("energy_mj", 25810000), "25.81 kJ");
  EXPECT_EQ(amount_text("energy_least_mj", 0), "0 mJ");
  EXPECT_EQ(amount_text("dram_mb", 1181000), "1.181 TB");
  EXPECT_EQ(amount_text("power_mw", 1316), "1.316 W");
  EXPECT_EQ(amount_text("bops_g", 12345), "12.35 T");
  EXPECT_EQ(amount_text("bops_g", 1e-8), "10");
  EXPECT_EQ(amount_text("energy_delay_mj_ms", 12345678.5), "12345678") << "as it stands";
  EXPECT_EQ(amount_text("lut", 50115), "50115");
}

TEST(ShownColumns, HaveTheUnitOfTheirGreatestCell) {
  const DataTable data{{"layer", "latency_ms", "energy_mj", "share_pct", "size_mb", "delay_mj_ms"},
                       {{"a", 15484321.7, 0.5, 3, Json(), 2}, {"b", 36000, 12, 97, Json(), 70000}}};
  const ShownColumn latency = shown_column(data, 1);
  EXPECT_EQ(latency.heading, "latency (h)");
  EXPECT_EQ(latency.text(data.rows[0][1]), "4.301");
  EXPECT_EQ(latency.text(data.rows[1][1]), "0.01");
  EXPECT_EQ(shown_column(data, 0).heading, "layer");
  EXPECT_EQ(shown_column(data, 0).text("a"), "a");
  EXPECT_EQ(shown_column(data, 2).heading, "energy (mJ)");
  EXPECT_EQ(shown_column(data, 2).text(data.rows[1][2]), "12");
  EXPECT_EQ(shown_column(data, 3).heading, "share (%)");
  EXPECT_EQ(shown_column(data, 4).heading, "size (MB)");
  EXPECT_EQ(shown_column(data, 4).text(Json()), "–");
  EXPECT_EQ(shown_column(data, 5).heading, "delay (mJ ms)");
  EXPECT_EQ(shown_column(data, 5).text(data.rows[1][5]), "70000");
}

TEST(ShownColumns, OfOneKindHaveOneUnit) {
  const DataTable data{{"compute_ms", "result_stall_ms", "total_ms", "energy_mj"},
                       {{0.02, 0, 0.03, 0}, {0.001, 0, 0.02, 0}}};
  EXPECT_EQ(shown_column(data, 0).heading, "compute (us)");
  EXPECT_EQ(shown_column(data, 1).heading, "result_stall (us)");
  EXPECT_EQ(shown_column(data, 2).text(data.rows[0][2]), "30");
  EXPECT_EQ(shown_column(data, 3).heading, "energy (mJ)");
}

}  // namespace
}  // namespace bitloom::reports
