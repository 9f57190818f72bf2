#include <immintrin.h>

#include "models/integer/kernels/tile.h"
#include "models/integer/kernels/window.h"

namespace bitloom::integer {
namespace {

struct Avx512 {
  static constexpr int kRows = 8;
  static constexpr int kPanels = 2;  // 16 of 32 registers hold sums
  using Counts = __m512i;

  static Counts twice(Counts sums) { return _mm512_add_epi64(sums, sums); }

  static Counts add_scaled(Counts sums, Counts counts, std::int64_t one,
                           const std::int64_t* eight) {
    // Masked, as store() is.
    const __m512i factors =
        _mm512_maskz_mul_epi32(0xff, _mm512_set1_epi64(one), _mm512_loadu_si512(eight));
    return _mm512_add_epi64(sums, _mm512_maskz_mul_epi32(0xff, counts, factors));
  }

  template <int Rows, int Panels, bool Negative>
  [[gnu::always_inline]] static inline void accumulate(const std::uint64_t* left,
                                                       const std::uint64_t* right,
                                                       std::int64_t panel_stride,
                                                       std::int64_t words,
                                                       Counts (&counts)[Rows][Panels]) {
    for (std::int64_t word = 0; word < words; ++word, left += kLanes, right += kLanes) {
      __m512i lanes[Panels];
#pragma GCC unroll 8
      for (int panel = 0; panel < Panels; ++panel)
        lanes[panel] = _mm512_load_si512(right + panel * panel_stride);
#pragma GCC unroll 8
      for (int row = 0; row < Rows; ++row) {
        const __m512i one = _mm512_set1_epi64(static_cast<long long>(left[row]));
#pragma GCC unroll 8
        for (int panel = 0; panel < Panels; ++panel) {
          const __m512i ones = _mm512_popcnt_epi64(_mm512_and_si512(one, lanes[panel]));
          counts[row][panel] = Negative ? _mm512_sub_epi64(counts[row][panel], ones)
                                        : _mm512_add_epi64(counts[row][panel], ones);
        }
      }
    }
  }

  static void store(const Counts& sums, std::uint32_t* out) {
    // The unmasked conversion reads an undefined register in g++ 12's header, which then warns.
    _mm256_store_si256(reinterpret_cast<__m256i*>(out), _mm512_maskz_cvtepi64_epi32(0xff, sums));
  }
};

struct Avx512Words {
  using Lanes [[gnu::vector_size(64)]] = std::uint32_t;
  [[gnu::always_inline]] static inline Lanes ones(Lanes words) {
    return reinterpret_cast<Lanes>(_mm512_popcnt_epi32(reinterpret_cast<__m512i>(words)));
  }
};

}  // namespace

void multiply_avx512(const Product& product) { multiply<Avx512>(product); }
void convolve_avx512(const WindowProduct& product) { convolve<Avx512Words>(product); }

}  // namespace bitloom::integer
