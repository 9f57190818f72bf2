// The closed forms against a walk over tiles that is written from docs/reference/shift.md alone: it
// shares neither mapping nor beats with the engines.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/families/shift/cost.h"
#include "sim/simulator.h"
#include "tests/shift/random_case.h"

namespace bitloom {
namespace {

std::int64_t pieces(std::int64_t all, std::int64_t each) { return (all + each - 1) / each; }

struct WalkedTile {
  std::int64_t group, block;  // both counted through all products
  std::int64_t rows, columns, pixels;
  bool selected;
};

struct PlainWalk {
  explicit PlainWalk(const testing::RandomShiftCase& c) : c_(c) {
    const graph::Product product = c.layer.product();
    k_ = product.reduction;
    const std::int64_t all_pixels = product.rows * c.batch, a = c.precision.activation_bits;
    const std::int64_t block_pixels =
        std::min({all_pixels, c.hardware.sums, 4 * c.hardware.activation_bytes / (k_ * a)});
    const std::int64_t row_tiles = pieces(k_, c.hardware.rows);
    const std::int64_t groups = pieces(product.columns, c.hardware.columns);
    const std::int64_t blocks = pieces(all_pixels, block_pixels);
    const auto selected = static_cast<std::int64_t>(std::llround(
        c.hardware.selected_share * static_cast<double>(product.count * groups * row_tiles)));
    for (std::int64_t g = 0; g < product.count; ++g)
      for (std::int64_t b = 0; b < blocks; ++b)
        for (std::int64_t j = 0; j < groups; ++j)
          for (std::int64_t r = 0; r < row_tiles; ++r) {
            const std::int64_t place = r * product.count * groups + g * groups + j;
            tiles_.push_back(
                {(g * blocks + b) * groups + j, g * blocks + b,
                 std::min(c.hardware.rows, k_ - r * c.hardware.rows),
                 std::min(c.hardware.columns, product.columns - j * c.hardware.columns),
                 std::min(block_pixels, all_pixels - b * block_pixels), place < selected});
          }
  }

  std::int64_t cycles() const {
    std::int64_t computed = 0, weights = weight_beats(tiles_.front());
    std::int64_t activations = activation_beats(tiles_.front()), results = 0;
    for (std::size_t i = 0; i < tiles_.size(); ++i) {
      const WalkedTile& tile = tiles_[i];
      const bool first = i == 0, new_group = first || tiles_[i - 1].group != tile.group;
      const bool new_block = first || tiles_[i - 1].block != tile.block;
      std::int64_t begins = std::max(computed, weights);
      if (new_group) begins = std::max(begins, results);
      if (new_block) begins = std::max(begins, activations);
      if (new_group && !first) results = begins + result_beats(tiles_[i - 1]);
      if (new_block)
        if (const WalkedTile* next = first_of_block(tile.block + 1))
          activations = begins + activation_beats(*next);
      if (i + 1 < tiles_.size()) weights = begins + weight_beats(tiles_[i + 1]);
      computed = begins + tile.pixels * (tile.selected ? 2 : 1);
    }
    return std::max(computed, results) + result_beats(tiles_.back());
  }

  std::int64_t shift_adds() const {
    std::int64_t sum = 0;
    for (const WalkedTile& tile : tiles_)
      sum += tile.pixels * tile.rows * tile.columns * (tile.selected ? 2 : 1);
    return sum;
  }

 private:
  std::int64_t weight_beats(const WalkedTile& tile) const {
    return pieces(tile.rows * tile.columns * c_.precision.weight_bits * (tile.selected ? 2 : 1),
                  c_.hardware.weight_port_bits);
  }
  std::int64_t activation_beats(const WalkedTile& tile) const {
    return pieces(tile.pixels * k_ * c_.precision.activation_bits,
                  c_.hardware.activation_port_bits);
  }
  std::int64_t result_beats(const WalkedTile& tile) const {
    const std::int64_t bits = c_.hardware.result_dram_bits > 0 ? c_.hardware.result_dram_bits
                                                               : c_.precision.activation_bits;
    return pieces(tile.pixels * tile.columns * bits, c_.hardware.result_port_bits);
  }
  const WalkedTile* first_of_block(std::int64_t block) const {
    const auto tile = std::find_if(tiles_.begin(), tiles_.end(),
                                   [&](const WalkedTile& t) { return t.block == block; });
    return tile == tiles_.end() ? nullptr : &*tile;
  }

  const testing::RandomShiftCase& c_;
  std::int64_t k_ = 1;
  std::vector<WalkedTile> tiles_;
};

TEST(Walk, TakesTheCyclesOfTheClosedForms) {
  std::mt19937 random(7);
  for (int i = 0; i < 1000; ++i) {
    const auto c = testing::random_shift_case(random);
    const auto result = sim::run(c.layer, c.precision, c.hardware, c.batch, {});
    const PlainWalk walk(c);
    EXPECT_EQ(walk.cycles(), result.cost.timing.total.count()) << i;
    EXPECT_EQ(walk.shift_adds(), result.details.as<cost::shift::LayerDetails>().actions.shift_adds)
        << i;
  }
}

}  // namespace
}  // namespace bitloom
