#include <bit>

#include "models/integer/kernels/tile.h"
#include "models/integer/kernels/window.h"

namespace bitloom::integer {
namespace {

struct Portable {
  static constexpr int kRows = 2;
  static constexpr int kPanels = 1;
  struct Counts {
    std::uint32_t lanes[kLanes];
  };

  static Counts twice(Counts sums) {
    for (std::uint32_t& lane : sums.lanes) lane *= 2;
    return sums;
  }

  static Counts add_scaled(Counts sums, Counts counts, std::int64_t one,
                           const std::int64_t* eight) {
    for (int lane = 0; lane < kLanes; ++lane)
      sums.lanes[lane] += counts.lanes[lane] * static_cast<std::uint32_t>(one) *
                          static_cast<std::uint32_t>(eight[lane]);
    return sums;
  }

  template <int Rows, int Panels, bool Negative>
  static void accumulate(const std::uint64_t* left, const std::uint64_t* right,
                         std::int64_t panel_stride, std::int64_t words,
                         Counts (&counts)[Rows][Panels]) {
    for (std::int64_t word = 0; word < words; ++word, left += kLanes, right += kLanes)
      for (int row = 0; row < Rows; ++row)
        for (int panel = 0; panel < Panels; ++panel)
          for (int lane = 0; lane < kLanes; ++lane) {
            const auto count = static_cast<std::uint32_t>(
                std::popcount(left[row] & right[panel * panel_stride + lane]));
            counts[row][panel].lanes[lane] += Negative ? 0 - count : count;
          }
  }

  static void store(const Counts& sums, std::uint32_t* out) {
    for (int lane = 0; lane < kLanes; ++lane) out[lane] = sums.lanes[lane];
  }
};

struct PortableWords {
  using Lanes [[gnu::vector_size(16)]] = std::uint32_t;
  /// Sums of 2, 4, 8, 16 and 32 neighbouring bits.
  static Lanes ones(Lanes words) {
    words -= words >> 1 & 0x55555555;
    words = (words & 0x33333333) + (words >> 2 & 0x33333333);
    words = (words + (words >> 4)) & 0x0f0f0f0f;
    words += words >> 8;
    return (words + (words >> 16)) & 0x3f;
  }
};

}  // namespace

void multiply_portable(const Product& product) { multiply<Portable>(product); }
void convolve_portable(const WindowProduct& product) { convolve<PortableWords>(product); }

}  // namespace bitloom::integer
