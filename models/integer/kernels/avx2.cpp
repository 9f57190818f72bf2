#include <immintrin.h>

#include "models/integer/kernels/tile.h"
#include "models/integer/kernels/window.h"

namespace bitloom::integer {
namespace {

/// Ones of each byte, by looking up its two halves in a table of sixteen (Mula, Kurz, Lemire 2018,
/// section 3.1).
[[gnu::always_inline]] inline __m256i popcount_bytes(__m256i bits) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low_half = _mm256_set1_epi8(0x0f);
  const __m256i low = _mm256_and_si256(bits, low_half);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bits, 4), low_half);
  return _mm256_add_epi8(_mm256_shuffle_epi8(table, low), _mm256_shuffle_epi8(table, high));
}

struct Avx2 {
  static constexpr int kRows = 4;
  static constexpr int kPanels = 1;
  static constexpr int kHalves = 2;                  // vectors of a line
  static constexpr std::int64_t kWordsPerByte = 31;  // 8 ones each in a byte that holds 255
  struct Counts {
    __m256i halves[kHalves];
  };

  static Counts twice(Counts sums) {
    for (__m256i& half : sums.halves) half = _mm256_add_epi64(half, half);
    return sums;
  }

  static Counts add_scaled(Counts sums, Counts counts, std::int64_t one,
                           const std::int64_t* eight) {
    const auto* lines = reinterpret_cast<const __m256i*>(eight);
    for (int half = 0; half < kHalves; ++half) {
      const __m256i factors =
          _mm256_mul_epi32(_mm256_set1_epi64x(one), _mm256_loadu_si256(lines + half));
      sums.halves[half] =
          _mm256_add_epi64(sums.halves[half], _mm256_mul_epi32(counts.halves[half], factors));
    }
    return sums;
  }

  template <int Rows, int Panels, bool Negative>
  [[gnu::always_inline]] static inline void accumulate(const std::uint64_t* left,
                                                       const std::uint64_t* right, std::int64_t,
                                                       std::int64_t words,
                                                       Counts (&counts)[Rows][Panels]) {
    static_assert(Panels == 1);
    for (std::int64_t begin = 0; begin < words; begin += kWordsPerByte) {
      const std::int64_t end = words - begin < kWordsPerByte ? words : begin + kWordsPerByte;
      __m256i bytes[Rows][kHalves] = {};
      for (std::int64_t word = begin; word < end; ++word) add(left, right, word, bytes);
      for (int row = 0; row < Rows; ++row)
        for (int half = 0; half < kHalves; ++half) {
          const __m256i sums = _mm256_sad_epu8(bytes[row][half], _mm256_setzero_si256());
          __m256i& total = counts[row][0].halves[half];
          total = Negative ? _mm256_sub_epi64(total, sums) : _mm256_add_epi64(total, sums);
        }
    }
  }

  static void store(const Counts& sums, std::uint32_t* out) {
    alignas(32) std::uint64_t lanes[kLanes];
    for (int half = 0; half < kHalves; ++half)
      _mm256_store_si256(reinterpret_cast<__m256i*>(lanes) + half, sums.halves[half]);
    for (int lane = 0; lane < kLanes; ++lane) out[lane] = static_cast<std::uint32_t>(lanes[lane]);
  }

 private:
  template <int Rows>
  [[gnu::always_inline]] static inline void add(const std::uint64_t* left,
                                                const std::uint64_t* right, std::int64_t word,
                                                __m256i (&bytes)[Rows][kHalves]) {
    const auto* line = reinterpret_cast<const __m256i*>(right + word * kLanes);
    for (int half = 0; half < kHalves; ++half) {
      const __m256i lanes = _mm256_load_si256(line + half);
      for (int row = 0; row < Rows; ++row) {
        const __m256i one = _mm256_set1_epi64x(static_cast<long long>(left[word * kLanes + row]));
        bytes[row][half] =
            _mm256_add_epi8(bytes[row][half], popcount_bytes(_mm256_and_si256(one, lanes)));
      }
    }
  }
};

struct Avx2Words {
  using Lanes [[gnu::vector_size(32)]] = std::uint32_t;
  [[gnu::always_inline]] static inline Lanes ones(Lanes words) {
    const __m256i bytes = popcount_bytes(reinterpret_cast<__m256i>(words));
    const __m256i pairs = _mm256_maddubs_epi16(bytes, _mm256_set1_epi8(1));
    return reinterpret_cast<Lanes>(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
};

}  // namespace

void multiply_avx2(const Product& product) { multiply<Avx2>(product); }
void convolve_avx2(const WindowProduct& product) { convolve<Avx2Words>(product); }

}  // namespace bitloom::integer
