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

struct Fetched {
  std::map<Plane, std::int64_t> arrival;  // of every plane's last beat
  std::int64_t end;
};

/// Beat by beat, from a cycle on.
Fetched fetch(const Load& load, std::int64_t cycle) {
  Fetched fetched;
  for (std::size_t tile = 0; tile < load.rows_of_tile.size(); ++tile)
    for (std::size_t word = 0; word < load.bits_of_word.size(); ++word)
      for (std::int64_t plane = 0; plane < load.planes; ++plane)
        for (std::int64_t row = 0; row < load.rows_of_tile[tile]; ++row)
          for (std::int64_t sent = 0; sent < load.bits_of_word[word]; sent += load.port)
            fetched.arrival[{static_cast<std::int64_t>(tile), static_cast<std::int64_t>(word),
                             plane}] = cycle++;
  fetched.end = cycle;
  return fetched;
}

/// A layer from phase to phase.
class Walk {
 public:
  Walk(const Machine& machine, bool activations_outer, std::int64_t start)
      : m_(machine),
        activations_outer_(activations_outer),
        next_(start),
        end_(start),
        end_before_(start),
        activations_end_(start),
        weights_end_(start),
        last_beat_(start) {}

  /// `last`: the last chunk of its sums.
  void phase(const Load& activations, const Load& weights, bool last) {
    const Fetched a = fetch(activations, fetch_start(activations_end_));
    const Fetched w = fetch(weights, fetch_start(weights_end_));
    activations_end_ = a.end;
    weights_end_ = w.end;
    next_ = end_;
    if (m_.by_block) next_ = std::max({next_, a.end - 1, w.end - 1});
    next_ += m_.execute_issue;
    if (activations_outer_)
      issue(activations, a, weights, w, last);
    else
      issue(weights, w, activations, a, last);
    end_before_ = end_;
    end_ = next_ + m_.pipeline;
  }
  std::int64_t cycles() const { return m_.written > 0 ? last_beat_ + 1 : end_; }

 private:
  std::int64_t fetch_start(std::int64_t own_end) const {
    return m_.fetch_issue + (m_.overlap ? std::max(own_end, end_before_) : end_);
  }

  /// Every bit pair in order, each when its planes are there; the last of a tile pair no earlier
  /// than the results before have left.
  void issue(const Load& outer, const Fetched& outer_fetched, const Load& inner,
             const Fetched& inner_fetched, bool last) {
    const auto words = static_cast<std::int64_t>(outer.bits_of_word.size());
    for (std::size_t p = 0; p < outer.rows_of_tile.size(); ++p)
      for (std::size_t q = 0; q < inner.rows_of_tile.size(); ++q) {
        for (std::int64_t k = 0; k < words; ++k)
          for (std::int64_t i = 0; i < inner.planes; ++i)
            for (std::int64_t j = 0; j < outer.planes; ++j)
              next_ =
                  std::max({next_, outer_fetched.arrival.at({static_cast<std::int64_t>(p), k, j}),
                            inner_fetched.arrival.at({static_cast<std::int64_t>(q), k, i})}) +
                  1;
        if (last) emit(outer.rows_of_tile[p], inner.rows_of_tile[q], p + q == 0);
      }
  }

  void emit(std::int64_t rows, std::int64_t columns, bool first) {
    const std::int64_t retired = std::max(next_ - 1 + m_.pipeline, last_beat_);
    next_ = retired + 1 - m_.pipeline;
    const std::int64_t bits =
        m_.written > 0 ? rows * columns * m_.written : m_.dm * m_.dn * m_.accumulator;
    last_beat_ = retired + (first ? m_.result_issue : 0);
    std::int64_t sent = 0;
    do {
      ++last_beat_;
      sent += m_.result_port;
    } while (m_.result_port > 0 && sent < bits);
  }

  const Machine& m_;
  bool activations_outer_;
  std::int64_t next_;  // no bit pair issues before
  std::int64_t end_;   // of the phase before
  std::int64_t end_before_;
  std::int64_t activations_end_;
  std::int64_t weights_end_;
  std::int64_t last_beat_;  // of results
};

/// A cycle moves a beat in or a beat out.
std::int64_t conversion_cycles(const Machine& m) {
  std::int64_t cycles = 0;
  for (std::int64_t in = 0; in < m.converted_in; in += m.conversion_port) ++cycles;
  for (std::int64_t out = 0; out < m.converted_out; out += m.conversion_port) ++cycles;
  return cycles;
}

/// Of each word, no less than its share of the pixels that come from memory.
std::vector<std::int64_t> new_bits(const std::vector<std::int64_t>& words,
                                   const NewPixels& window) {
  std::vector<std::int64_t> bits;
  for (const std::int64_t word : words) {
    bits.push_back(0);
    while (bits.back() * window.of < word * window.are) ++bits.back();
  }
  return bits;
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
  const std::int64_t halves = m.overlap ? 2 : 1;
  const std::int64_t activation_words = m.activation_words / halves;
  const std::int64_t weight_words = m.weight_words / halves;
  const auto fits = [&](std::int64_t length) {
    return length * activation_bits <= activation_words && length * weight_bits <= weight_words;
  };
  while (!fits((depth + count - 1) / count)) ++count;
  if (count > 1) return {groups(words, (depth + count - 1) / count), 1, 1};
  return {
      {words}, activation_words / (depth * activation_bits), weight_words / (depth * weight_bits)};
}

}  // namespace

std::int64_t cycles(const Product& product, std::int64_t weight_bits, std::int64_t activation_bits,
                    const Machine& m, bool activations_outer) {
  const Cut blocks = cut(pieces(product.depth, m.dk), weight_bits, activation_bits, m);
  Walk walk(m, activations_outer, conversion_cycles(m));
  for (std::int64_t i = 0; i < product.count; ++i)
    for (const auto& rows : groups(pieces(product.pixels, m.dm), blocks.activation_tiles))
      for (const auto& columns : groups(pieces(product.channels, m.dn), blocks.weight_tiles))
        for (const auto& words : blocks.chunks)
          walk.phase({rows, new_bits(words, m.window), activation_bits, m.activation_port},
                     {columns, words, weight_bits, m.weight_port}, &words == &blocks.chunks.back());
  return walk.cycles();
}

std::int64_t cycles(const Product& product, std::int64_t weight_bits, std::int64_t activation_bits,
                    const Machine& m) {
  return std::min(cycles(product, weight_bits, activation_bits, m, true),
                  cycles(product, weight_bits, activation_bits, m, false));
}

}  // namespace bitloom::walk
