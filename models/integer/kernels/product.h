#pragma once

#include <cstdint>

// Included by sources that are compiled for newer processors than the rest. They share plain data
// only: an inline function that they emitted could be the copy that the linker keeps for everyone.

namespace bitloom::integer {

constexpr int kLanes = 8;  // rows of a panel: 64-bit words of a 512-bit line

/// A BitMatrix as kernels read it: line (panel, plane, word) begins at words + ((panel * planes +
/// plane) * words_per_row + word) * kLanes, aligned to 64 bytes.
struct PlaneView {
  const std::uint64_t* words;
  std::int64_t rows;
  int planes;
  std::int64_t words_per_row;
  bool top_plane_is_negative;  // two's complement
  /// Of plane p of the rows of panel q, from (q * coefficient_stride + p) * kLanes on; null: planes
  /// weigh powers of two, as those of the other matrix then do.
  const std::int64_t* coefficients;
  std::int64_t coefficient_stride;  // 0: all rows share theirs
};

/// out[l * out_stride + r] = sum over planes i, j and words k of +-2^(i+j) popcount(left[l] &
/// right[r]), added to what is there when `adds`; with coefficients their products take the place
/// of
/// +-2^(i+j). Sums are modulo 2^32.
struct Product {
  PlaneView left;
  PlaneView right;
  std::int64_t first_word;  // of the words of K that are summed
  std::int64_t words;
  std::int32_t* out;
  std::int64_t out_stride;
  bool adds;
};

void multiply_portable(const Product& product);
void multiply_avx2(const Product& product);
void multiply_avx512(const Product& product);

constexpr int kPositionsPerBlock = 64;  // that depthwise kernels read and write at once, at most

/// 32 bits of a depthwise window: `planes` activation planes of `taps` kernel positions, bit i of
/// tap t at t * planes + i.
struct WindowWord {
  const std::uint32_t* fields;  // these planes of every position of the image, in the low bits
  const std::int64_t* offsets;  // from an output's position to that of each tap
  int taps;
  int planes;
  int first_plane;
  int diagonals;
};

/// The weight bits of plane j beside the activation bits of plane i, for all i + j = d: one
/// popcount(word & select) sums a whole diagonal of plane pairs, which all weigh 2^d. Where a pair
/// counts negatively its bits are flipped: -popcount(x) = popcount(~x) - bits, and the constant is
/// the caller's.
struct DiagonalMask {
  std::uint32_t select;
  std::uint32_t flip;
};

/// out[o * out_stride + p] += sum over words and their diagonals d of
/// 2^(first_plane + d) popcount((word & select) ^ flip), for the windows at `positions` positions
/// p, rounded up to a block, and the output channels o of one input channel. Sums are modulo 2^32.
struct WindowProduct {
  const WindowWord* words;
  int word_count;
  const DiagonalMask* masks;  // [output channel][word][diagonal]
  std::int64_t masks_per_output;
  std::int64_t outputs;
  std::int64_t positions;
  std::int32_t* out;
  std::int64_t out_stride;
};

void convolve_portable(const WindowProduct& product);
void convolve_avx2(const WindowProduct& product);
void convolve_avx512(const WindowProduct& product);

}  // namespace bitloom::integer
