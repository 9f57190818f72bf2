#include "sim/families/shift/area.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "sim/family.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {
namespace {

TEST(Area, OfAColumnIsThatOfTheSynthesis) {
  const std::string table = read_file(BITLOOM_SOURCE_DIR "/rtl/synthesis/area.csv");
  EXPECT_NE(table.find("\nshift_column,Rows=16 ActivationBits=8 ExponentBits=4 "
                       "AccumulatorWidth=40 Sums=1,xilinx," +
                       std::to_string(hardware::kShiftColumnLuts) + ",106,," +
                       std::to_string(hardware::kShiftColumnFlipFlops) + ",0\n"),
            std::string::npos);
}

TEST(Area, OfTheArrayIsThatOfItsUnits) {
  auto hw = testing::shipped("shift-edge").as<hardware::Shift>();
  EXPECT_EQ(hardware::array_luts(hw), 16 * 3090);
  EXPECT_EQ(machine_of(hw)->resources().at(0).name, "LUT");
  hw.weight_bits = 4;
  EXPECT_EQ(machine_of(hw)->resources().at(0).name, "KiB") << "no such column was synthesized";
}

}  // namespace
}  // namespace bitloom
