#pragma once

#include "models/integer/kernels/product.h"

// The loops of a depthwise convolution around an instruction set's count of ones. `Isa` provides
//   Lanes         a vector of 32-bit words
//   ones(Lanes)   the ones of each word
//
// and lies in an unnamed namespace, which keeps these templates private to its source (product.h).

namespace bitloom::integer {

template <class Isa>
struct WindowBlock {
  using Lanes = typename Isa::Lanes;
  static constexpr int kWidth = sizeof(Lanes) / sizeof(std::uint32_t);
  static constexpr int kVectors = 4;  // that hide each other's latency
  static constexpr int kPositions = kVectors * kWidth;
  static_assert(kPositionsPerBlock % kPositions == 0);

  Lanes vectors[kVectors];

  [[gnu::always_inline]] static inline Lanes load(const void* from) {
    Lanes lanes;
    __builtin_memcpy(&lanes, from, sizeof lanes);
    return lanes;
  }

  /// Word `word` of the windows at `position` and after.
  [[gnu::always_inline]] inline void gather(const WindowWord& word, std::int64_t position) {
    for (int v = 0; v < kVectors; ++v) vectors[v] = Lanes{};
    for (int tap = 0; tap < word.taps; ++tap) {
      const std::uint32_t* from = word.fields + position + word.offsets[tap];
      const int shift = tap * word.planes;
      for (int v = 0; v < kVectors; ++v) vectors[v] |= load(from + v * kWidth) << shift;
    }
  }

  /// The word's share of a channel's sums, highest diagonal first, doubled in between (Horner's
  /// scheme).
  [[gnu::always_inline]] inline void add_products(const WindowWord& word, const DiagonalMask* masks,
                                                  std::int32_t* out) const {
    Lanes sums[kVectors] = {};
    for (int diagonal = word.diagonals - 1; diagonal >= 0; --diagonal) {
      const Lanes select = Lanes{} + masks[diagonal].select;
      const Lanes flip = Lanes{} + masks[diagonal].flip;
      for (int v = 0; v < kVectors; ++v)
        sums[v] += sums[v] + Isa::ones((vectors[v] & select) ^ flip);
    }
    for (int v = 0; v < kVectors; ++v) {
      const Lanes total = load(out + v * kWidth) + (sums[v] << word.first_plane);
      __builtin_memcpy(out + v * kWidth, &total, sizeof total);
    }
  }
};

template <class Isa>
void convolve(const WindowProduct& p) {
  using Block = WindowBlock<Isa>;
  for (std::int64_t position = 0; position < p.positions; position += Block::kPositions) {
    const DiagonalMask* masks = p.masks;
    for (int word = 0; word < p.word_count; ++word) {
      Block block;
      block.gather(p.words[word], position);
      for (std::int64_t output = 0; output < p.outputs; ++output)
        block.add_products(p.words[word], masks + output * p.masks_per_output,
                           p.out + output * p.out_stride + position);
      masks += p.words[word].diagonals;
    }
  }
}

}  // namespace bitloom::integer
