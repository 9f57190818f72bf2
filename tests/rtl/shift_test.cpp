// The unit and the column of shift hardware against plain arithmetic and against its rules.
#include "rtl/verify/shift_run.h"

#include <gtest/gtest.h>

#include "Vshift_column_narrow.h"
#include "Vshift_column_wide.h"
#include "Vshift_unit.h"
#include "rtl/verify/verilated_shift_column.h"
#include "sim/families/shift/analytic.h"
#include "tests/rtl/shift_mutants.h"
#include "tests/support/tiny_layers.h"

namespace bitloom::verify {
namespace {

/// A machine of such columns.
hardware::Shift machine_of_columns(const ShiftColumnSize& size, std::int64_t columns,
                                   double selected_share) {
  hardware::Shift hw;
  hw.name = "columns";
  hw.rows = size.rows;
  hw.columns = columns;
  hw.weight_bits = size.exponent_bits + 1;
  hw.activation_bits = size.activation_bits;
  hw.accumulator_bits = size.accumulator_bits;
  hw.sums = size.sums;
  hw.activation_bytes = 1 << 16;
  hw.activation_port_bits = hw.weight_port_bits = hw.result_port_bits = 64;
  hw.selected_share = selected_share;
  return hw;
}

ShiftWorkload workload_of(const ShiftColumnSize& size, std::uint64_t seed) {
  const auto turn = static_cast<int>(seed);
  const graph::Precision precision{2 + turn % size.exponent_bits,
                                   1 + turn / size.exponent_bits % size.activation_bits};
  const hardware::Shift hw = machine_of_columns(size, 1 + turn % 5, turn % 5 / 4.0);
  graph::LayerShape layer = random_shift_layer(seed);
  layer.signed_activations = seed % 2 == 0;
  const std::int64_t batch = 1 + turn % 2;
  const Draw draws[] = {Draw::kUniform, Draw::kUniform, Draw::kExtremes, Draw::kLeast};
  return random_shift_workload(layer, mapping::shift::map_layer(layer, precision, hw, batch), batch,
                               layer.signed_activations, draws[seed / 2 % 4], seed);
}

/// Runs random layers; what went wrong first.
std::string check_layers(ShiftColumn& column, std::uint64_t count) {
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    const ShiftWorkload workload = workload_of(column.size(), seed);
    const UnitRun run = run_layer(column, workload);
    if (run.first_wrong) return std::to_string(seed) + ": " + *run.first_wrong;
    if (run.cycles != cycles_by_the_rules(workload.mapping))
      return std::to_string(seed) + ": " + std::to_string(run.cycles) + " cycles";
  }
  return "";
}

TEST(ShiftUnit, MultipliesAllActivationsByAllWords) {
  VerilatedContext context;
  Vshift_unit unit(&context);
  for (int activation = 0; activation < 256; ++activation)
    for (const bool is_signed : {false, true})
      for (int word = 0; word < 16; ++word) {
        unit.activation_i = static_cast<CData>(activation);
        unit.activation_signed_i = is_signed;
        unit.weight_i = static_cast<CData>(word);
        unit.eval();
        const int value = is_signed && activation >= 128 ? activation - 256 : activation;
        const int weight = word == 0 ? 0 : (word >= 8 ? -1 : 1) << word % 8;
        ASSERT_EQ(static_cast<std::int16_t>(unit.product_o), value * weight)
            << activation << " by " << word;
      }
}

TEST(ShiftColumn, ComputesLayersAtEveryPairOfWidths) {
  EXPECT_EQ(check_layers(*make_shift_column(), 400), "");
}

TEST(ShiftColumn, ComputesLayersAtOtherSizes) {
  VerilatedShiftColumn<Vshift_column_wide> wide({20, 16, 4, 64, 7});
  EXPECT_EQ(check_layers(wide, 200), "");
  VerilatedShiftColumn<Vshift_column_narrow> narrow({3, 2, 1, 24, 1});
  EXPECT_EQ(check_layers(narrow, 100), "");
}

TEST(ShiftColumn, ReachesTheLimitOfItsSums) {
  // 2^12 activations of -2^7 by two words of -2^15 each: 2^35.
  const auto column = make_shift_column();
  const hardware::Shift hw = machine_of_columns(column->size(), 1, 1);
  const graph::LayerShape layer = testing::tiny_linear(1 << 12, 1);
  const ShiftWorkload workload = random_shift_workload(
      layer, mapping::shift::map_layer(layer, {5, 8}, hw, 1), 1, true, Draw::kLeast, 1);
  EXPECT_EQ(plain_sums(workload.workload), (std::vector<std::int64_t>{std::int64_t{1} << 35}));
  EXPECT_EQ(run_layer(*column, workload).first_wrong, std::nullopt);
}

/// Where a machine has one column, its array computes for as long as that column.
TEST(ShiftColumn, TakesThePassesThatTheEnginesCount) {
  const auto column = make_shift_column();
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const graph::LayerShape layer = random_shift_layer(seed);
    const hardware::Shift hw =
        machine_of_columns(column->size(), 1, static_cast<double>(seed % 5) / 4);
    const auto mapping = mapping::shift::map_layer(layer, {4, 6}, hw, 1);
    const UnitRun run =
        run_layer(*column, random_shift_workload(layer, mapping, 1, true, Draw::kUniform, seed));
    EXPECT_EQ(run.cycles, analytic::shift::run(mapping, hw).compute) << seed;
  }
}

TEST(ShiftColumn, KeepsItsSumsAndWordsWhileItWaits) {
  const auto column = make_shift_column();
  const std::vector<std::uint32_t> words{3}, none{0};
  const std::vector<std::int32_t> activations{5};
  column->clock({.load = true, .swap = true, .first_words = words, .second_words = none});
  column->clock({.enable = true, .clear = true, .pixel = 9, .activations = activations});
  EXPECT_EQ(column->sum(9), 40U);
  for (int i = 0; i < 3; ++i) column->clock({});
  EXPECT_EQ(column->sum(9), 40U);
  column->clock({.enable = true, .pixel = 9, .activations = activations});
  EXPECT_EQ(column->sum(9), 80U);
}

class ShiftMutation : public ::testing::TestWithParam<ShiftMutant> {};

TEST_P(ShiftMutation, IsCaughtByLayers) {
  const std::string caught = check_layers(*GetParam().make(), 100);
  EXPECT_NE(caught, "");
  std::cout << GetParam().name << ": " << caught << "\n";
}

INSTANTIATE_TEST_SUITE_P(Rtl, ShiftMutation, ::testing::ValuesIn(shift_mutants()),
                         [](const auto& info) { return info.param.name; });

TEST(ShiftMutations, AreTen) { EXPECT_EQ(shift_mutants().size(), 10U); }

}  // namespace
}  // namespace bitloom::verify
