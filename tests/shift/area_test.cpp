#include "sim/families/shift/area.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "sim/family.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {
namespace {

TEST(Area, OfAColumnIsThatOfTheSynthesis) {
  const std::string table = read_file(BITLOOM_SOURCE_DIR "/rtl/synthesis/area.csv");
  for (const hardware::ShiftColumnArea& area : hardware::kShiftColumnAreas) {
    const std::string row = fmt::format(
        "\nshift_column,Rows=16 ActivationBits=8 ExponentBits={} AccumulatorWidth={} "
        "Sums=1,xilinx,{},",
        area.weight_bits - 1, area.accumulator_bits, area.luts);
    const auto at = table.find(row);
    ASSERT_NE(at, std::string::npos) << row;
    EXPECT_NE(table.find(fmt::format(",,{},0\n", area.flip_flops), at), std::string::npos) << row;
  }
}

TEST(Area, OfTheArrayIsThatOfItsUnits) {
  auto hw = testing::shipped("shift-edge").as<hardware::Shift>();
  EXPECT_EQ(machine_of(hw)->resources().at(0).name, "LUT");
  EXPECT_EQ(machine_of(hw)->resources().at(0).amount, 16 * 3090);
  hw.rows = 8;
  EXPECT_EQ(machine_of(hw)->resources().at(0).amount, 8 * 3090);
  hw.weight_bits = 2;
  EXPECT_EQ(machine_of(hw)->resources().at(0).name, "KiB") << "no such column was synthesized";
}

}  // namespace
}  // namespace bitloom
