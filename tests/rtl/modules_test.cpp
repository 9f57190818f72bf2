#include <gtest/gtest.h>

#include <bit>
#include <iostream>
#include <random>
#include <vector>

#include <verilated_cov.h>

#include "Vdpu.h"
#include "Vfetch_unit.h"
#include "Vplane_factor.h"
#include "Vpopcount.h"
#include "Vresult_bank.h"
#include "Vscaled_dpu.h"
#include "Vserialiser.h"
#include "tests/rtl/coverage_points.h"
#include "tests/support/temporary_folder.h"

/// Each model has a context of its own: that of the thread may be gone with another test's model.
namespace bitloom {
namespace {

template <class Model>
void clock(Model& model) {
  model.clk_i = 1;
  model.eval();
  model.clk_i = 0;
  model.eval();
}

template <class Model>
void reset(Model& model) {
  model.rst_ni = 1;
  model.eval();
  model.rst_ni = 0;
  clock(model);
  model.rst_ni = 1;
  model.eval();
}

TEST(Popcount, CountsTheOnesOfAWord) {
  VerilatedContext context;
  Vpopcount module(&context);
  std::mt19937_64 engine(1);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t word = i == 0 ? 0 : i == 1 ? (1ULL << 37) - 1 : engine() >> 27;
    module.data_i = word;
    module.eval();
    EXPECT_EQ(module.count_o, std::popcount(word));
  }
}

// Codes = 12 of 5 bits, 3 a beat: 4 beats a word. Sends 20 words under stalls on both sides.
void expect_bit_planes(Vserialiser& module, unsigned bits, std::mt19937_64& engine) {
  reset(module);
  module.bits_i = bits;
  std::vector<unsigned> codes(12 * 20);
  for (unsigned& code : codes) code = engine() % 32;
  std::size_t sent = 0;
  std::size_t planes = 0;
  for (int cycle = 0; cycle < 4000 && planes < 20 * bits; ++cycle) {
    module.code_valid_i = sent < codes.size() && engine() % 3 != 0;
    module.code_data_i = 0;
    for (std::size_t lane = 0; module.code_valid_i && lane < 3; ++lane)
      module.code_data_i |= codes[sent + lane] << (5 * lane);
    module.plane_ready_i = engine() % 3 != 0;
    module.eval();
    if (module.code_valid_i && module.code_ready_o) sent += 3;
    if (module.plane_valid_o && module.plane_ready_i) {
      unsigned plane = 0;
      for (std::size_t i = 0; i < 12; ++i)
        plane |= (codes[planes / bits * 12 + i] >> (planes % bits) & 1) << i;
      ASSERT_EQ(module.plane_data_o, plane) << "word " << planes / bits << " bit " << planes % bits;
      ++planes;
    }
    clock(module);
  }
  EXPECT_EQ(planes, 20 * bits);
}

TEST(Serialiser, SendsTheBitPlanesOfItsCodesUnderStallsOnBothSides) {
  std::mt19937_64 engine(2);
  for (unsigned bits = 1; bits <= 5; ++bits) {
    VerilatedContext context;
    Vserialiser module(&context);
    expect_bit_planes(module, bits, engine);
  }
}

TEST(Serialiser, IsCoveredToOver95PercentOfLinesAnd90PercentOfToggles) {
  VerilatedContext context;
  Vserialiser module(&context);
  std::mt19937_64 engine(3);
  for (unsigned bits = 1; bits <= 5; ++bits) expect_bit_planes(module, bits, engine);
  const bitloom::testing::TemporaryFolder folder;
  context.coveragep()->write(folder.file("coverage.dat").c_str());
  const verify::CoveragePoints points = verify::read_coverage(folder.file("coverage.dat"));
  std::cout << verify::to_text(points) << "\n";
  EXPECT_GT(points.lines.percent(), 95);
  EXPECT_GT(points.toggles.percent(), 90);
}

TEST(Serialiser, TakesAWordEveryMaximumOfItsBeatsAndBits) {
  for (unsigned bits = 1; bits <= 5; ++bits) {
    VerilatedContext context;
    Vserialiser module(&context);
    reset(module);
    module.bits_i = bits;
    module.code_valid_i = module.plane_ready_i = 1;
    int planes = 0;
    for (int cycle = 0; cycle < 1000; ++cycle) {
      module.eval();
      planes += module.plane_valid_o;
      clock(module);
    }
    const double codes = static_cast<double>(planes) / bits;
    EXPECT_NEAR(codes, 1000.0 / std::max(4U, bits), 2);
  }
}

TEST(Dpu, AddsATermThreeCyclesAfterItsOperandsAndHoldsWhileDisabled) {
  VerilatedContext context;
  Vdpu module(&context);
  module.eval();
  module.activations_i = 0xfffff;
  module.weights_i = 0x000ff;
  module.row_count_i = 20;
  module.shift_i = 3;
  module.first_i = 1;
  module.negate_i = 1;
  module.count_en_i = 1;
  clock(module);
  module.count_en_i = 0;
  module.activations_i = 0;
  clock(module);  // held: no stage is enabled
  module.term_en_i = 1;
  clock(module);
  module.term_en_i = 0;
  module.accumulate_en_i = 1;
  module.eval();
  EXPECT_EQ(module.sum_o, (1U << 24) - (8 << 3));
  clock(module);
  module.first_i = module.negate_i = 0;
  module.eval();
  EXPECT_EQ(module.sum_o, 0U);  // -64 + 64
}

TEST(ScaledDpu, MultipliesCountsWithTheFactorAndHoldsWhileDisabled) {
  std::mt19937_64 engine(4);
  for (int i = 0; i < 500; ++i) {
    VerilatedContext context;
    Vscaled_dpu module(&context);
    module.eval();
    const bool bipolar = i % 2 == 1, negative = i % 3 == 0;
    const auto activations = static_cast<std::uint32_t>(i == 1 ? 0xfffff : engine() >> 44);
    const auto weights = static_cast<std::uint32_t>(i == 1 ? 0 : engine() >> 44);
    const auto factor = static_cast<int>(i < 2 ? 1023 : engine() >> 54);
    module.activations_i = activations;
    module.weights_i = weights;
    module.row_count_i = std::popcount(activations);
    module.factor_i = factor;
    module.bipolar_i = bipolar;
    module.negate_i = negative;
    module.first_i = module.count_en_i = 1;
    clock(module);
    module.count_en_i = 0;
    module.activations_i = 0;
    clock(module);  // held: no stage is enabled
    module.term_en_i = 1;
    clock(module);
    module.term_en_i = module.factor_i = 0;
    clock(module);
    module.accumulate_en_i = 1;
    module.eval();
    const int ones = std::popcount(activations & weights);
    const int count = bipolar ? 2 * ones - std::popcount(activations) : ones;
    const int sum = (negative ? -1 : 1) * count * factor;
    EXPECT_EQ(module.sum_o, static_cast<std::uint32_t>(sum) & 0xffffffU) << "case " << i;
  }
}

TEST(PlaneFactor, IsTheProductOfTwoCodesAndHeldWhileDisabled) {
  VerilatedContext context;
  Vplane_factor module(&context);
  module.eval();
  module.en_i = 1;
  module.weight_code_i = 127;
  module.activation_code_i = 127;
  clock(module);
  EXPECT_EQ(module.factor_o, 127 * 127);
  module.en_i = 0;
  module.weight_code_i = 3;
  clock(module);
  EXPECT_EQ(module.factor_o, 127 * 127);
  module.en_i = 1;
  clock(module);
  EXPECT_EQ(module.factor_o, 3 * 127);
}

TEST(Dpu, CountsBipolarWeightsAsTwiceTheOnesLessTheActivations) {
  VerilatedContext context;
  Vdpu module(&context);
  module.eval();
  module.activations_i = 0x0ffff;
  module.weights_i = 0xf00ff;
  module.row_count_i = 16;
  module.bipolar_i = 1;
  module.first_i = module.count_en_i = module.term_en_i = module.accumulate_en_i = 1;
  clock(module);
  clock(module);
  EXPECT_EQ(module.sum_o, 0U);  // 8 of +1, 8 of -1
  module.weights_i = 0;
  clock(module);
  clock(module);
  EXPECT_EQ(module.sum_o, (1U << 24) - 16);
}

// A tile of 50 bits through a port of 16: 4 beats, the last with 2 bits.
TEST(ResultBank, SendsATileInBeatsAndTakesTheNextInTheCycleOfTheLast) {
  VerilatedContext context;
  Vresult_bank module(&context);
  reset(module);
  module.beat_ready_i = 1;
  module.eval();
  EXPECT_EQ(module.ready_o, 1);
  module.copy_i = 1;
  module.tile_i = 0x3'1234'5678'9abcULL;
  clock(module);
  module.copy_i = 0;
  const std::vector<unsigned> beats = {0x9abc, 0x5678, 0x1234, 0x3};
  for (std::size_t i = 0; i < beats.size(); ++i) {
    module.eval();
    EXPECT_EQ(module.beat_valid_o, 1);
    EXPECT_EQ(module.beat_data_o, beats[i]);
    EXPECT_EQ(module.ready_o, i == 3);
    clock(module);
  }
  EXPECT_EQ(module.beat_valid_o, 0);
}

TEST(ResultBank, KeepsItsBeatWhileTheStreamStalls) {
  VerilatedContext context;
  Vresult_bank module(&context);
  reset(module);
  module.copy_i = 1;
  module.tile_i = 0xbeef;
  clock(module);
  module.copy_i = 0;
  for (int cycle = 0; cycle < 5; ++cycle) {
    EXPECT_EQ(module.beat_data_o, 0xbeef);
    EXPECT_EQ(module.ready_o, 0);
    clock(module);
  }
}

// Words of 10 bits in beats of 4: 3 beats, the last with 2 bits; here a last word of 1 beat.
TEST(FetchUnit, ClearsTheBitsThatNoBeatCarries) {
  VerilatedContext context;
  Vfetch_unit module(&context);
  reset(module);
  module.tiles_i = 1;
  module.words_i = 2;
  module.bits_i = 1;
  module.rows_in_last_tile_i = 1;
  module.beats_per_word_i = 3;
  module.beats_of_last_word_i = 1;
  module.start_i = 1;
  clock(module);
  module.start_i = 0;
  module.beat_valid_i = 1;
  module.beat_data_i = 0xf;
  for (int beat = 0; beat < 4; ++beat) {
    module.eval();
    EXPECT_EQ(module.beat_ready_o, 1);
    EXPECT_EQ(module.write_rows_o, beat >= 2 ? 1 : 0);
    if (beat >= 2) {
      EXPECT_EQ(module.write_data_o, beat == 2 ? 0x3ff : 0x00f);
      EXPECT_EQ(module.write_address_o, beat - 2);
    }
    clock(module);
    EXPECT_EQ(module.planes_o, beat < 2 ? 0 : beat - 1);
  }
  EXPECT_EQ(module.beat_ready_o, 0);
}

}  // namespace
}  // namespace bitloom
