// The area of a dot-product unit: coefficients in the code against a refit of the committed table.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <regex>
#include <vector>

#include "sim/families/bismo/area.h"
#include "sim/families/bitfusion/area.h"
#include "sim/kit/synthesis.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {
namespace {

struct Measured {
  double dk, accumulator_bits, luts, flip_flops;
};

/// Rows `dpu,Dk=8 AccumulatorWidth=16,xilinx,89,7,,36,0`: luts, carry4, gates, flip-flops, DSP48E1.
struct Table {
  std::string tool;
  std::vector<Measured> rows;
};

Table read_table(const std::string& module = "dpu") {
  std::ifstream file(BITLOOM_SOURCE_DIR "/rtl/synthesis/area.csv");
  Table table;
  std::getline(file, table.tool);
  const std::regex row(
      module +
      R"(,Dk=(\d+) AccumulatorWidth=(\d+)(?: FactorWidth=16)?,xilinx,(\d+),\d+,,(\d+),\d)");
  std::smatch cells;
  for (std::string line; std::getline(file, line);)
    if (std::regex_match(line, cells, row))
      table.rows.push_back(
          {std::stod(cells[1]), std::stod(cells[2]), std::stod(cells[3]), std::stod(cells[4])});
  return table;
}

double determinant(const std::array<std::array<double, 3>, 3>& m) {
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
         m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
         m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/// Normal equations of y = x[0] dk + x[1] accumulator_bits + x[2], by Cramer's rule.
std::array<double, 3> least_squares(const std::vector<Measured>& rows, double Measured::*y) {
  std::array<std::array<double, 3>, 3> normal{};
  std::array<double, 3> right{}, solution{};
  for (const Measured& row : rows) {
    const std::array<double, 3> terms{row.dk, row.accumulator_bits, 1};
    for (std::size_t i = 0; i < 3; ++i) {
      right[i] += terms[i] * row.*y;
      for (std::size_t j = 0; j < 3; ++j) normal[i][j] += terms[i] * terms[j];
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    auto replaced = normal;
    for (std::size_t j = 0; j < 3; ++j) replaced[j][i] = right[j];
    solution[i] = determinant(replaced) / determinant(normal);
  }
  return solution;
}

void expect_refit(const hardware::DpuFit& fit, double Measured::*quantity,
                  const std::string& module = "dpu") {
  const std::vector<Measured> rows = read_table(module).rows;
  ASSERT_EQ(rows.size(), 16U);
  const auto [per_dk_bit, per_accumulator_bit, constant] = least_squares(rows, quantity);
  EXPECT_NEAR(fit.per_dk_bit, per_dk_bit, 5e-4);
  EXPECT_NEAR(fit.per_accumulator_bit, per_accumulator_bit, 5e-4);
  EXPECT_NEAR(fit.constant, constant, 5e-3);
  double least = 0, greatest = 0;
  for (const Measured& row : rows) {
    const double residual =
        row.*quantity - fit.of(std::lround(row.dk), std::lround(row.accumulator_bits));
    least = std::min(least, residual);
    greatest = std::max(greatest, residual);
    EXPECT_GE(row.dk, hardware::kLeastFittedDk);
    EXPECT_LE(row.dk, hardware::kGreatestFittedDk);
  }
  EXPECT_NEAR(fit.least_residual, least, 0.051);
  EXPECT_NEAR(fit.greatest_residual, greatest, 0.051);
}

TEST(DpuArea, LutsAreTheFitOfTheSynthesisTable) {
  expect_refit(hardware::kDpuLuts, &Measured::luts);
}

TEST(DpuArea, FlipFlopsAreTheFitOfTheSynthesisTable) {
  expect_refit(hardware::kDpuFlipFlops, &Measured::flip_flops);
}

TEST(ScaledDpuArea, IsTheFitOfTheSynthesisTable) {
  expect_refit(hardware::kScaledDpuLuts, &Measured::luts, "scaled_dpu");
  expect_refit(hardware::kScaledDpuFlipFlops, &Measured::flip_flops, "scaled_dpu");
}

TEST(ScaledDpuArea, HasTheDspBlocksOfTheSynthesisTable) {
  std::ifstream file(BITLOOM_SOURCE_DIR "/rtl/synthesis/area.csv");
  const std::regex row(R"(scaled_dpu,Dk=256 AccumulatorWidth=32 FactorWidth=(\d+),xilinx,.*,(\d))");
  std::smatch cells;
  int rows = 0;
  for (std::string line; std::getline(file, line);)
    if (std::regex_match(line, cells, row)) {
      EXPECT_EQ(hardware::scaled_dpu_dsp_blocks(std::stoi(cells[1]) / 2), std::stoi(cells[2]))
          << line;
      ++rows;
    }
  EXPECT_EQ(rows, 4);
}

TEST(ScaledDpuArea, HasTheDspBlocksOfAColumnsProducts) {
  std::ifstream file(BITLOOM_SOURCE_DIR "/rtl/synthesis/area.csv");
  const std::regex row(R"(plane_factor,CodeBits=(\d+),xilinx,.*,(\d))");
  std::smatch cells;
  int rows = 0;
  for (std::string line; std::getline(file, line);)
    if (std::regex_match(line, cells, row)) {
      EXPECT_EQ(hardware::plane_factor_dsp_blocks(std::stoi(cells[1])), std::stoi(cells[2]))
          << line;
      ++rows;
    }
  EXPECT_EQ(rows, 4);
}

TEST(ArrayArea, OfAMachineThatMultipliesHasAMultiplierAUnitAndAColumn) {
  hardware::Bismo hw = testing::shipped_hardware("bismo-edge");
  EXPECT_EQ(hw.array_dsp_blocks(), 0);
  EXPECT_EQ(hw.bram36_blocks(), 128);
  hw.coefficients = hardware::Coefficients::kFixedPoint;
  EXPECT_EQ(hw.array_dsp_blocks(), 8 * 8 + 8);
  EXPECT_EQ(hw.bram36_blocks(), 8 * 8 + 8 * 9) << "a column's word has 256 + 8 bits";
  EXPECT_DOUBLE_EQ(hw.array_luts(), 64 * hardware::kScaledDpuLuts.of(256, 32));
  hw.coefficient_bits = 16;
  EXPECT_EQ(hw.array_dsp_blocks(), 2 * 8 * 8 + 8);
}

TEST(DpuArea, NamesTheToolOfTheSynthesisTable) {
  EXPECT_EQ("# " + std::string(hardware::kSynthesisTool), read_table().tool);
}

TEST(DpuArea, IsWithinFourPercentOfTheMeasuredEdgeUnit) {
  EXPECT_NEAR(hardware::kDpuLuts.of(256, 32) / 887, 1, 0.04);
  EXPECT_NEAR(hardware::kDpuFlipFlops.of(256, 32) / 73, 1, 0.04);
}

TEST(DpuArea, IsPublishedByBismo) {
  EXPECT_DOUBLE_EQ(hardware::published_dpu_luts(100), 204 + 109);
}

TEST(ArrayArea, IsThatOfItsUnits) {
  const hardware::Bismo hw = testing::shipped_hardware("bismo-cloud");
  EXPECT_DOUBLE_EQ(hw.array_luts(), 256 * hardware::kDpuLuts.of(256, 32));
  EXPECT_DOUBLE_EQ(hw.array_flip_flops(), 256 * hardware::kDpuFlipFlops.of(256, 32));
  EXPECT_DOUBLE_EQ(hw.published_array_luts(), 256 * (2.04 * 256 + 109));
}

TEST(Area, OfAFusionUnitIsTheTables) {
  std::ifstream file(BITLOOM_SOURCE_DIR "/rtl/synthesis/area.csv");
  const std::string table((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(table.find("\nfusion_unit,AccumulatorWidth=32,xilinx," +
                       std::to_string(hardware::kFusionUnitLuts) + ",53,," +
                       std::to_string(hardware::kFusionUnitFlipFlops) + ",0\n"),
            std::string::npos);
  EXPECT_NE(table.find("\nbit_brick,,xilinx," + std::to_string(hardware::kBrickLuts) + ",2,,0,0\n"),
            std::string::npos);
}

}  // namespace
}  // namespace bitloom
