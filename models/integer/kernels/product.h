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
};

/// out[l * out_stride + r] = sum over planes i, j and words k of +-2^(i+j) popcount(left[l] &
/// right[r]), added to what is there when `adds`. Sums are modulo 2^32.
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

}  // namespace bitloom::integer
