#include "base/scaled_units.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bitloom {
namespace {

TEST(ScaledUnits, StandFromATenthOfTheUsualOneToTenThousand) {
  EXPECT_EQ(time_text(0.1), "0.100 ms");
  EXPECT_EQ(time_text(9999), "9999.000 ms");
  EXPECT_EQ(time_text(0), "0.000 ms");
  EXPECT_EQ(energy_text(0.1), "0.100 mJ");
  EXPECT_EQ(energy_text(9999), "9999.000 mJ");
  EXPECT_EQ(power_text(0.25), "0.25 W");
  EXPECT_EQ(megabytes_text(9999), "9999.00 MB");
  EXPECT_EQ(macs_text(999), "999.00 M MACs");
  EXPECT_EQ(macs_text(4089.18), "4.09 G MACs");
  EXPECT_EQ(bops_text(999), "999.000 G BOPs");
  EXPECT_EQ(bops_text(9548.462), "9.548 T BOPs");
  EXPECT_EQ(bops_rate_text(9999), "9999 GBOPs/s");
  EXPECT_EQ(bytes_rate_text(9999), "9999.00 GB/s");
}

/// Twelve of each unit from the smallest on, beside the usual one's.
TEST(ScaledUnits, AreEachAsLargeAsTheyAreNamed) {
  const auto expect = [](std::string (*text)(double), const std::string& number,
                         const std::vector<std::pair<double, std::string>>& units) {
    for (const auto& [size, name] : units) {
      const bool is_whole = name == "B" || name == "MACs" || name == "BOPs";
      EXPECT_EQ(text(12 * size), (is_whole ? "12" : number) + " " + name);
    }
  };
  expect(time_text, "12.000",
         {{1e-6, "ns"}, {1e-3, "us"}, {1, "ms"}, {3.6e6, "h"}, {24 * 3.6e6, "days"}});
  EXPECT_EQ(time_text(12345), "12.345 s");
  expect(
      energy_text, "12.000",
      {{1e-9, "pJ"}, {1e-6, "nJ"}, {1e-3, "uJ"}, {1, "mJ"}, {1e3, "J"}, {1e6, "kJ"}, {1e9, "MJ"}});
  expect(power_text, "12.00", {{1e-9, "nW"}, {1e-6, "uW"}, {1e-3, "mW"}, {1, "W"}, {1e6, "MW"}});
  expect(megabytes_text, "12.00",
         {{1e-6, "B"}, {1e-3, "kB"}, {1, "MB"}, {1e3, "GB"}, {1e6, "TB"}, {1e9, "PB"}});
  expect(macs_text, "12.00",
         {{1e-6, "MACs"},
          {1e-3, "k MACs"},
          {1, "M MACs"},
          {1e3, "G MACs"},
          {1e6, "T MACs"},
          {1e9, "P MACs"}});
  expect(bops_text, "12.000",
         {{1e-9, "BOPs"},
          {1e-6, "k BOPs"},
          {1e-3, "M BOPs"},
          {1, "G BOPs"},
          {1e3, "T BOPs"},
          {1e6, "P BOPs"},
          {1e9, "E BOPs"}});
  expect(bops_rate_text, "12",
         {{1e-9, "BOPs/s"},
          {1e-6, "kBOPs/s"},
          {1e-3, "MBOPs/s"},
          {1, "GBOPs/s"},
          {1e3, "TBOPs/s"},
          {1e6, "PBOPs/s"}});
  expect(
      bytes_rate_text, "12.00",
      {{1e-9, "B/s"}, {1e-6, "kB/s"}, {1e-3, "MB/s"}, {1, "GB/s"}, {1e3, "TB/s"}, {1e6, "PB/s"}});
}

TEST(ColumnUnits, HaveNoCellThatReadsAsZeroWhereItIsNot) {
  const ColumnUnit hours = time_column(1e8);
  EXPECT_EQ(hours.name, "days");
  EXPECT_EQ(hours.cell(1e8), "1.157");
  EXPECT_EQ(hours.cell(8.64), "1e-07");
  EXPECT_EQ(hours.cell(8.64e4), "0.001");
  EXPECT_EQ(hours.cell(0), "0.000");
}

TEST(ScaledUnits, OfCountsHaveNoNameWhereTheyAreOnes) {
  EXPECT_STREQ(count_unit(2e-8).name, "");
  EXPECT_STREQ(count_unit(5).name, "G");
  EXPECT_STREQ(count_unit(2e4).name, "T");
  EXPECT_EQ(count_unit(2e4).size, 1e3);
  EXPECT_STREQ(bytes_unit(0.05).name, "kB");
}

TEST(PlainText, HasNoExponentBelowTenToTheFifteenth) {
  EXPECT_EQ(plain_text(0.023931, 4), "0.02393");
  EXPECT_EQ(plain_text(12.3456, 4), "12.35");
  EXPECT_EQ(plain_text(1234.56, 4), "1235");
  EXPECT_EQ(plain_text(15484321.7, 4), "15484322");
  EXPECT_EQ(plain_text(1.54843e12, 6), "1548430000000");
  EXPECT_EQ(plain_text(-15484321.7, 4), "-15484322");
  EXPECT_EQ(plain_text(2e15, 4), "2e+15");
  EXPECT_EQ(plain_text(0, 4), "0");
}

}  // namespace
}  // namespace bitloom
