#include "models/torch/code_arithmetic.h"

#include <algorithm>
#include <cmath>

// Each loop is compiled for three instruction sets; the processor's own is picked when the program
// starts. Sanitizers do not know such functions.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

namespace bitloom::nn {
namespace {

constexpr double kHalfWord = 65536;  // 2^16
constexpr int kHalfBits = 16;

/// floor(x m 2^-s + 1/2) for integers |x| < 2^31 in doubles, although x m has up to 62 bits: with
/// m = high 2^16 + low, 0 <= low < 2^16, both products are exact, and so is
///   x m = (x high + floor(x low / 2^16)) 2^16 + rest,   0 <= rest < 2^16.
/// For s > 16 the rest cannot change floor((.. + 2^(s-17)) 2^(16-s)).
struct Scaling {
  double high, low, round, scale;
  double rest_scale, rest_round;  // s <= 16 only

  explicit Scaling(integer::Dyadic factor) {
    const int s = factor.shift;
    high = std::floor(factor.mantissa / kHalfWord);
    low = factor.mantissa - high * kHalfWord;
    scale = std::ldexp(1.0, kHalfBits - s);
    const bool is_long = s > kHalfBits;
    round = is_long ? std::ldexp(1.0, s - kHalfBits - 1) : 0;
    rest_scale = is_long ? 0 : std::ldexp(1.0, -s);
    rest_round = is_long || s == 0 ? 0 : 0.5;
  }

  inline __attribute__((always_inline)) double operator()(double x) const {
    const double carried = std::floor(x * low / kHalfWord);
    const double rest = x * low - carried * kHalfWord;
    const double whole = x * high + carried;
    return std::floor((whole + round) * scale) + std::floor(rest * rest_scale + rest_round);
  }
};

}  // namespace

FOR_EACH_PROCESSOR
void quantize_image(const float* x, std::size_t n, double scale, integer::CodeRange range,
                    float* codes) {
  const double lowest = range.lowest, highest = range.highest;
  for (std::size_t i = 0; i < n; ++i)
    codes[i] =
        static_cast<float>(std::min(std::max(std::floor(x[i] / scale + 0.5), lowest), highest));
}

namespace {

template <class Value>
inline __attribute__((always_inline)) void requantize_loop(const Value* x, std::size_t n,
                                                           const Scaling& scaling, double lowest,
                                                           double highest, float* codes) {
  for (std::size_t i = 0; i < n; ++i)
    codes[i] =
        static_cast<float>(std::min(std::max(scaling(static_cast<double>(x[i])), lowest), highest));
}

template <class Value>
inline __attribute__((always_inline)) void add_scaled_loop(const Value* x, std::size_t n,
                                                           const Scaling& scaling, double* sum) {
  for (std::size_t i = 0; i < n; ++i) sum[i] += scaling(static_cast<double>(x[i]));
}

FOR_EACH_PROCESSOR void requantize_all(const float* x, std::size_t n, const Scaling& scaling,
                                       double lowest, double highest, float* codes) {
  requantize_loop(x, n, scaling, lowest, highest, codes);
}
FOR_EACH_PROCESSOR void requantize_all(const double* x, std::size_t n, const Scaling& scaling,
                                       double lowest, double highest, float* codes) {
  requantize_loop(x, n, scaling, lowest, highest, codes);
}
FOR_EACH_PROCESSOR void add_all(const float* x, std::size_t n, const Scaling& scaling,
                                double* sum) {
  add_scaled_loop(x, n, scaling, sum);
}
FOR_EACH_PROCESSOR void add_all(const double* x, std::size_t n, const Scaling& scaling,
                                double* sum) {
  add_scaled_loop(x, n, scaling, sum);
}

}  // namespace

template <class Value>
void requantize(const Value* x, std::size_t n, integer::Dyadic factor, integer::CodeRange range,
                float* codes) {
  requantize_all(x, n, Scaling(factor), range.lowest, range.highest, codes);
}

template <class Value>
void to_levels(const Value* x, std::size_t n, std::span<const std::int32_t> thresholds,
               std::span<const std::int32_t> levels, float* codes) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto above =
        std::lower_bound(thresholds.begin(), thresholds.end(), x[i],
                         [](std::int32_t threshold, double value) { return threshold < value; });
    codes[i] = static_cast<float>(levels[static_cast<std::size_t>(above - thresholds.begin())]);
  }
}

template <class Value>
void add_scaled(const Value* x, std::size_t n, integer::Dyadic factor, double* sum) {
  add_all(x, n, Scaling(factor), sum);
}

template <class Value, class Result>
void apply_affine(const Value* x, std::size_t n, std::int32_t multiplier, std::int32_t offset,
                  Result* y) {
  const auto m = static_cast<Result>(multiplier), b = static_cast<Result>(offset);
  for (std::size_t i = 0; i < n; ++i) y[i] = m * static_cast<Result>(x[i]) + b;
}

template <class Value>
void clamp_to(const Value* x, std::size_t n, std::int32_t highest, Value* y) {
  const auto top = static_cast<Value>(highest);
  for (std::size_t i = 0; i < n; ++i) y[i] = std::max(Value{0}, std::min(x[i], top));
}

template <class Value>
void shift_down(const Value* x, std::size_t n, int shift, double* y) {
  const double scale = std::ldexp(1.0, -shift), half = shift == 0 ? 0 : 0.5;
  for (std::size_t i = 0; i < n; ++i) y[i] = std::floor(static_cast<double>(x[i]) * scale + half);
}

template void requantize(const float*, std::size_t, integer::Dyadic, integer::CodeRange, float*);
template void requantize(const double*, std::size_t, integer::Dyadic, integer::CodeRange, float*);
template void to_levels(const float*, std::size_t, std::span<const std::int32_t>,
                        std::span<const std::int32_t>, float*);
template void to_levels(const double*, std::size_t, std::span<const std::int32_t>,
                        std::span<const std::int32_t>, float*);
template void add_scaled(const float*, std::size_t, integer::Dyadic, double*);
template void add_scaled(const double*, std::size_t, integer::Dyadic, double*);
template void apply_affine(const float*, std::size_t, std::int32_t, std::int32_t, float*);
template void apply_affine(const float*, std::size_t, std::int32_t, std::int32_t, double*);
template void apply_affine(const double*, std::size_t, std::int32_t, std::int32_t, float*);
template void apply_affine(const double*, std::size_t, std::int32_t, std::int32_t, double*);
template void clamp_to(const float*, std::size_t, std::int32_t, float*);
template void clamp_to(const double*, std::size_t, std::int32_t, double*);
template void shift_down(const float*, std::size_t, int, double*);
template void shift_down(const double*, std::size_t, int, double*);

}  // namespace bitloom::nn
