#include "tests/sim/phase_walk.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

namespace bitloom::walk {
namespace {

using Plane = std::tuple<std::int64_t, std::int64_t, std::int64_t>;  // tile, word, plane

/// The rows of an operand in one phase, and the bits of K in each word of the phase.
struct Load {
  std::vector<std::int64_t> rows_of_tile;
  std::vector<std::int64_t> bits_of_word;
  std::int64_t planes;
  std::int64_t port;
};

/// The cycle of every plane's last beat, beat by beat.
std::map<Plane, std::int64_t> fetch(const Load& load) {
  std::map<Plane, std::int64_t> arrival;
  std::int64_t cycle = 0;
  for (std::size_t tile = 0; tile < load.rows_of_tile.size(); ++tile)
    for (std::size_t word = 0; word < load.bits_of_word.size(); ++word)
      for (std::int64_t plane = 0; plane < load.planes; ++plane)
        for (std::int64_t row = 0; row < load.rows_of_tile[tile]; ++row)
          for (std::int64_t sent = 0; sent < load.bits_of_word[word]; sent += load.port)
            arrival[{static_cast<std::int64_t>(tile), static_cast<std::int64_t>(word), plane}] =
                cycle++;
  return arrival;
}

/// Issues every bit pair in order, each when its planes are there; returns the phase's length.
std::int64_t phase(const Load& outer, const Load& inner) {
  const auto outer_arrival = fetch(outer);
  const auto inner_arrival = fetch(inner);
  std::int64_t next = 0;
  const auto tiles = [](const Load& load) {
    return static_cast<std::int64_t>(load.rows_of_tile.size());
  };
  const auto words = static_cast<std::int64_t>(outer.bits_of_word.size());
  for (std::int64_t p = 0; p < tiles(outer); ++p)
    for (std::int64_t q = 0; q < tiles(inner); ++q)
      for (std::int64_t k = 0; k < words; ++k)
        for (std::int64_t i = 0; i < inner.planes; ++i)
          for (std::int64_t j = 0; j < outer.planes; ++j)
            next = std::max({next, outer_arrival.at({p, k, j}), inner_arrival.at({q, k, i})}) + 1;
  return next;
}

std::vector<std::int64_t> pieces(std::int64_t whole, std::int64_t piece) {
  std::vector<std::int64_t> result;
  for (; whole > 0; whole -= piece) result.push_back(std::min(whole, piece));
  return result;
}

template <class Item>
std::vector<std::vector<Item>> groups(const std::vector<Item>& items, std::int64_t size) {
  std::vector<std::vector<Item>> result;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i % static_cast<std::size_t>(size) == 0) result.emplace_back();
    result.back().push_back(items[i]);
  }
  return result;
}

/// Chunks of words, and how many tiles a block of each operand holds.
struct Cut {
  std::vector<std::vector<std::int64_t>> chunks;
  std::int64_t activation_tiles;
  std::int64_t weight_tiles;
};

Cut cut(const std::vector<std::int64_t>& words, std::int64_t weight_bits,
        std::int64_t activation_bits, const Machine& m) {
  const auto depth = static_cast<std::int64_t>(words.size());
  std::int64_t count = 1;
  const auto fits = [&](std::int64_t length) {
    return length * activation_bits <= m.activation_words && length * weight_bits <= m.weight_words;
  };
  while (!fits((depth + count - 1) / count)) ++count;
  if (count > 1) return {groups(words, (depth + count - 1) / count), 1, 1};
  return {{words},
          m.activation_words / (depth * activation_bits),
          m.weight_words / (depth * weight_bits)};
}

}  // namespace

std::int64_t cycles(const Product& product, std::int64_t weight_bits, std::int64_t activation_bits,
                    const Machine& m) {
  const Cut blocks = cut(pieces(product.depth, m.dk), weight_bits, activation_bits, m);
  std::int64_t activations_outer = 0, weights_outer = 0;
  for (const auto& rows : groups(pieces(product.pixels, m.dm), blocks.activation_tiles))
    for (const auto& columns : groups(pieces(product.channels, m.dn), blocks.weight_tiles))
      for (const auto& words : blocks.chunks) {
        const Load activations{rows, words, activation_bits, m.activation_port};
        const Load weights{columns, words, weight_bits, m.weight_port};
        activations_outer += phase(activations, weights) + m.pipeline;
        weights_outer += phase(weights, activations) + m.pipeline;
      }
  return product.count * std::min(activations_outer, weights_outer);
}

}  // namespace bitloom::walk
