#pragma once

#include "models/integer/kernels/product.h"

// The loops around an instruction set's inner loop. `Isa` provides
//   Counts                     eight sums, value-initialised to zero
//   kRows, kPanels             the results that it keeps in registers: kRows, a divisor of 8, times
//                              kPanels Counts
//   twice(Counts)              each sum doubled
//   add_scaled(Counts, Counts, int64_t, const int64_t*)
//                              sums plus counts times one coefficient and times eight, modulo 2^32
//   accumulate<Rows, Panels, Negative>(left, right, panel_stride, words, counts)
//                              adds, or subtracts, popcount(left row & right lane) over `words`
//                              lines
//   store(Counts, uint32_t*)   the eight sums, modulo 2^32
//
// and lies in an unnamed namespace, which keeps these templates private to its source (product.h).

namespace bitloom::integer {

template <class Isa, int Rows, int Panels>
struct Tile {
  typename Isa::Counts counts[Rows][Panels] = {};

  /// All plane pairs, highest weight first: sums are doubled between the diagonals i + j = const
  /// (Horner's scheme), so that they stay in registers and each pair costs its popcounts alone.
  void sum(const Product& p, const std::uint64_t* left, const std::uint64_t* right) {
    const int left_planes = p.left.planes;
    const int right_planes = p.right.planes;
    const std::int64_t left_stride = p.left.words_per_row * kLanes;
    const std::int64_t right_stride = p.right.words_per_row * kLanes;
    for (int weight = left_planes + right_planes - 2; weight >= 0; --weight) {
      double_counts();
      const int first = weight < right_planes ? 0 : weight - right_planes + 1;
      const int last = weight < left_planes ? weight : left_planes - 1;
      for (int i = first; i <= last; ++i) {
        const int j = weight - i;
        const bool is_negative = (p.left.top_plane_is_negative && i + 1 == left_planes) !=
                                 (p.right.top_plane_is_negative && j + 1 == right_planes);
        const std::uint64_t* l = left + i * left_stride;
        const std::uint64_t* r = right + j * right_stride;
        const std::int64_t panel_stride = right_planes * right_stride;
        if (is_negative)
          Isa::template accumulate<Rows, Panels, true>(l, r, panel_stride, p.words, counts);
        else
          Isa::template accumulate<Rows, Panels, false>(l, r, panel_stride, p.words, counts);
      }
    }
  }

  /// All plane pairs, each count times the pair's coefficients. A row's lie kLanes apart.
  void sum_scaled(const Product& p, const std::uint64_t* left, const std::uint64_t* right,
                  const std::int64_t* left_coefficients, const std::int64_t* right_coefficients) {
    const std::int64_t left_stride = p.left.words_per_row * kLanes;
    const std::int64_t right_stride = p.right.words_per_row * kLanes;
    const std::int64_t panel_stride = p.right.planes * right_stride;
    for (int i = 0; i < p.left.planes; ++i)
      for (int j = 0; j < p.right.planes; ++j) {
        typename Isa::Counts pair[Rows][Panels] = {};
        Isa::template accumulate<Rows, Panels, false>(
            left + i * left_stride, right + j * right_stride, panel_stride, p.words, pair);
        for (int r = 0; r < Rows; ++r)
          for (int panel = 0; panel < Panels; ++panel)
            counts[r][panel] = Isa::add_scaled(
                counts[r][panel], pair[r][panel], left_coefficients[i * kLanes + r],
                right_coefficients + (panel * p.right.coefficient_stride + j) * kLanes);
      }
  }

  void store(const Product& p, std::int64_t row, std::int64_t column) const {
    for (int r = 0; r < Rows; ++r) {
      for (int panel = 0; panel < Panels; ++panel) {
        const std::int64_t at = column + std::int64_t{panel} * kLanes;
        const std::int64_t beyond = p.right.rows - at;
        alignas(64) std::uint32_t sums[kLanes];
        Isa::store(counts[r][panel], sums);
        std::int32_t* out = p.out + (row + r) * p.out_stride + at;
        for (int lane = 0; lane < (beyond < kLanes ? beyond : kLanes); ++lane) {
          const std::uint32_t before = p.adds ? static_cast<std::uint32_t>(out[lane]) : 0;
          out[lane] = static_cast<std::int32_t>(before + sums[lane]);
        }
      }
    }
  }

 private:
  void double_counts() {
    for (auto& row : counts)
      for (auto& sums : row) sums = Isa::twice(sums);
  }
};

/// Rows from `row` on against `Panels` panels of the right matrix; fewer rows at a time for the
/// remainder.
template <class Isa, bool Scaled, int Rows, int Panels>
void multiply_rows(const Product& p, std::int64_t row, std::int64_t panel) {
  const std::int64_t left_panel = p.left.planes * p.left.words_per_row * kLanes;
  const std::int64_t right_panel = p.right.planes * p.right.words_per_row * kLanes;
  const std::int64_t first = p.first_word * kLanes;
  for (; row + Rows <= p.left.rows; row += Rows) {
    Tile<Isa, Rows, Panels> tile;
    const std::uint64_t* left = p.left.words + row / kLanes * left_panel + first + row % kLanes;
    const std::uint64_t* right = p.right.words + panel * right_panel + first;
    if constexpr (Scaled)
      tile.sum_scaled(
          p, left, right,
          p.left.coefficients + row / kLanes * p.left.coefficient_stride * kLanes + row % kLanes,
          p.right.coefficients + panel * p.right.coefficient_stride * kLanes);
    else
      tile.sum(p, left, right);
    tile.store(p, row, panel * kLanes);
  }
  if constexpr (Rows > 1) multiply_rows<Isa, Scaled, Rows / 2, Panels>(p, row, panel);
}

template <class Isa, bool Scaled, int Rows>
void multiply_panels(const Product& p) {
  const std::int64_t panels = (p.right.rows + kLanes - 1) / kLanes;
  std::int64_t panel = 0;
  for (; panel + Isa::kPanels <= panels; panel += Isa::kPanels)
    multiply_rows<Isa, Scaled, Rows, Isa::kPanels>(p, 0, panel);
  for (; panel < panels; ++panel) multiply_rows<Isa, Scaled, Rows, 1>(p, 0, panel);
}

/// With coefficients half as many rows at once: their counts need as many registers as the sums.
template <class Isa>
void multiply(const Product& p) {
  if (p.left.coefficients)
    multiply_panels<Isa, true, Isa::kRows / 2>(p);
  else
    multiply_panels<Isa, false, Isa::kRows>(p);
}

}  // namespace bitloom::integer
