// Bit-serial products against what the processor can do: a plain and + popcount + add loop over
// data in the L1 cache, with the same instructions. Binary operations count 2 per pair of bits,
// effective ones 2 per pair of codes.

#include <benchmark/benchmark.h>

#include <bit>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <fmt/format.h>

#include "models/integer/gemm.h"
#include "models/integer/layer.h"

namespace bitloom::integer {
namespace {

constexpr std::int64_t kPlainWords = 1024;  // 8 KB of each operand

using PlainLoop = std::uint64_t (*)(const std::uint64_t*, const std::uint64_t*, std::int64_t);

std::uint64_t plain_portable(const std::uint64_t* a, const std::uint64_t* b, std::int64_t words) {
  std::uint64_t sum = 0;
  for (std::int64_t i = 0; i < words; ++i)
    sum += static_cast<std::uint64_t>(std::popcount(a[i] & b[i]));
  return sum;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::uint64_t plain_avx2(const std::uint64_t* a,
                                                         const std::uint64_t* b,
                                                         std::int64_t words) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i half = _mm256_set1_epi8(0x0f);
  __m256i sum = _mm256_setzero_si256();
  for (std::int64_t i = 0; i < words; i += 4) {
    const __m256i bits =
        _mm256_and_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + i)),
                         _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + i)));
    const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(bits, half));
    const __m256i high =
        _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), half));
    sum =
        _mm256_add_epi64(sum, _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256()));
  }
  alignas(32) std::uint64_t lanes[4];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sum);
  return std::accumulate(std::begin(lanes), std::end(lanes), std::uint64_t{0});
}

__attribute__((target("avx512f,avx512vpopcntdq"))) std::uint64_t plain_avx512(
    const std::uint64_t* a, const std::uint64_t* b, std::int64_t words) {
  __m512i sums[4] = {};  // four chains, so that the additions' latency is no limit
  for (std::int64_t i = 0; i < words; i += 32)
    for (int chain = 0; chain < 4; ++chain)
      sums[chain] = _mm512_add_epi64(sums[chain], _mm512_popcnt_epi64(_mm512_and_si512(
                                                      _mm512_loadu_si512(a + i + chain * 8),
                                                      _mm512_loadu_si512(b + i + chain * 8))));
  alignas(64) std::uint64_t lanes[8];
  _mm512_store_si512(lanes, _mm512_add_epi64(_mm512_add_epi64(sums[0], sums[1]),
                                             _mm512_add_epi64(sums[2], sums[3])));
  return std::accumulate(std::begin(lanes), std::end(lanes), std::uint64_t{0});
}
#endif

PlainLoop plain_loop(Kernel kernel) {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx2) return plain_avx2;
  if (kernel == Kernel::kAvx512) return plain_avx512;
#endif
  return kernel == Kernel::kPortable ? plain_portable : nullptr;
}

benchmark::Counter giga_operations(const benchmark::State& state, std::int64_t each) {
  return {static_cast<double>(each) * static_cast<double>(state.iterations()) * 1e-9,
          benchmark::Counter::kIsRate};
}

void plain(benchmark::State& state, Kernel kernel) {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> a(kPlainWords), b(kPlainWords);
  for (std::uint64_t& word : a) word = random();
  for (std::uint64_t& word : b) word = random();
  const PlainLoop loop = plain_loop(kernel);
  for (auto _ : state) {
    benchmark::DoNotOptimize(loop(a.data(), b.data(), kPlainWords));
    benchmark::ClobberMemory();
  }
  state.counters["binary_gops"] = giga_operations(state, 2 * 64 * kPlainWords);
}

BitMatrix random_matrix(std::int64_t rows, std::int64_t columns, CodeType type) {
  std::mt19937_64 random(2);
  std::uniform_int_distribution<std::int32_t> code(type.lowest(), type.highest());
  BitMatrix matrix(rows, columns, type);
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column)
      matrix.set_code(row, column, code(random));
  return matrix;
}

/// M x K x N at w/a bits; the result is allocated once.
struct Size {
  std::int64_t m, k, n;
  int bits;
};

void multiply(benchmark::State& state, Kernel kernel, const BitMatrix& activations,
              const BitMatrix& weights, Size size) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(size.m * size.n));
  for (auto _ : state) {
    gemm_into(activations, weights, kernel, out.data(), size.n);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  const std::int64_t operations = 2 * size.m * size.k * size.n;
  state.counters["gops"] = giga_operations(state, operations);
  state.counters["binary_gops"] = giga_operations(state, operations * size.bits * size.bits);
}

void product(benchmark::State& state, Kernel kernel, Size size) {
  multiply(state, kernel, random_matrix(size.m, size.k, unsigned_codes(size.bits)),
           random_matrix(size.n, size.k, signed_codes(size.bits)), size);
}

/// Coefficients of so many planes for each row, up to 8 bits.
PlaneCoefficients random_coefficients(std::int64_t rows, int planes, bool are_signs) {
  std::mt19937 random(5);
  PlaneCoefficients drawn{planes, are_signs, {}};
  for (std::int64_t i = 0; i < rows * planes; ++i)
    drawn.values.push_back(1 + static_cast<std::int32_t>(random() % (255U / planes)));
  return drawn;
}

/// The same of learned levels as LQ-Nets has them: weights are signs, with coefficients for each
/// filter.
void scaled_product(benchmark::State& state, Kernel kernel, Size size) {
  BitMatrix activations = random_matrix(size.m, size.k, unsigned_codes(size.bits));
  BitMatrix weights = random_matrix(size.n, size.k, unsigned_codes(size.bits));
  activations.set_coefficients(random_coefficients(1, size.bits, false));
  weights.set_coefficients(random_coefficients(size.n, size.bits, true));
  multiply(state, kernel, activations, weights, size);
}

/// A layer of one image, packing and im2col included. Effective operations: 2 per
/// multiply-accumulate.
void layer(benchmark::State& state, Kernel kernel, const LayerSpecification& specification) {
  const graph::LayerShape& shape = specification.shape;
  std::mt19937_64 random(3);
  const auto codes = [&](std::int64_t count, const PlaneCoefficients& planes) {
    const std::int64_t each = count / static_cast<std::int64_t>(planes.rows());
    std::vector<std::int32_t> drawn;
    for (std::int64_t i = 0; i < count; ++i)
      drawn.push_back(planes.level(static_cast<std::size_t>(i / each),
                                   static_cast<std::uint32_t>(random() % (1U << planes.planes))));
    return drawn;
  };
  const IntegerLayer integer_layer(
      specification, codes(shape.weights(), specification.weight_planes.value_or(
                                                coefficients_of(specification.weights))));
  const std::vector<std::int32_t> in =
      codes(shape.in_channels * shape.input.height * shape.input.width,
            specification.activation_planes.value_or(coefficients_of(specification.activations)));
  for (auto _ : state) benchmark::DoNotOptimize(integer_layer.accumulate(in, kernel));
  state.counters["gops"] = giga_operations(state, 2 * shape.macs().count());
}

/// A 3x3 convolution with padding 1.
LayerSpecification convolution(std::int64_t channels, std::int64_t size, std::int64_t groups,
                               int bits = 4) {
  const graph::Window window{{3, 3}, {1, 1}, graph::Padding::all(1), {1, 1}};
  const graph::LayerShape shape{.name = "conv",
                                .in_channels = channels,
                                .out_channels = channels,
                                .kernel = window.kernel,
                                .stride = window.stride,
                                .input = {size, size},
                                .output = {size, size},
                                .groups = groups};
  return {shape, window, signed_codes(bits), unsigned_codes(bits)};
}

/// The layer with as many planes that have coefficients.
LayerSpecification with_learned_levels(LayerSpecification specification) {
  specification.weight_planes =
      random_coefficients(specification.shape.out_channels, specification.weights.bits, true);
  specification.activation_planes = random_coefficients(1, specification.activations.bits, false);
  specification.weights = type_of(*specification.weight_planes, true);
  specification.activations = type_of(*specification.activation_planes, false);
  return specification;
}

LayerSpecification depthwise(std::int64_t channels, std::int64_t size, int bits) {
  LayerSpecification specification = convolution(channels, size, channels);
  specification.shape.kind = graph::LayerKind::kDepthwise;
  specification.weights.bits = bits;
  specification.activations.bits = bits;
  return specification;
}

/// What the depthwise layers are compared with: their products as 32-bit multiplications of a
/// padded image, rows of it in vectors of the compiler's default instructions.
void multiplied_depthwise(benchmark::State& state, std::int64_t channels, std::int64_t size) {
  const std::int64_t width = size + 2;
  std::mt19937 random(4);
  std::vector<std::int32_t> in(static_cast<std::size_t>(channels * width * width));
  std::vector<std::int32_t> weights(static_cast<std::size_t>(channels * 9));
  for (std::int32_t& code : in) code = static_cast<std::int32_t>(random() % 16);
  for (std::int32_t& code : weights) code = static_cast<std::int32_t>(random() % 16) - 8;
  for (auto _ : state) {
    std::vector<std::int32_t> out(static_cast<std::size_t>(channels * size * size));
    for (std::int64_t channel = 0; channel < channels; ++channel)
      for (std::int64_t tap = 0; tap < 9; ++tap)
        for (std::int64_t row = 0; row < size; ++row) {
          const std::int32_t* from =
              in.data() + (channel * width + row + tap / 3) * width + tap % 3;
          std::int32_t* to = out.data() + (channel * size + row) * size;
          const std::int32_t weight = weights[static_cast<std::size_t>(channel * 9 + tap)];
          for (std::int64_t column = 0; column < size; ++column)
            to[column] += weight * from[column];
        }
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.counters["gops"] = giga_operations(state, 2 * 9 * channels * size * size);
}

const bool kRegistered = [] {
  for (const Kernel kernel : available_kernels()) {
    const std::string name(to_text(kernel));
    benchmark::RegisterBenchmark(("plain_loop/" + name).c_str(), plain, kernel);
    benchmark::RegisterBenchmark(("gemm_256x2048x256_1x1/" + name).c_str(), product, kernel,
                                 Size{256, 2048, 256, 1});
    benchmark::RegisterBenchmark(("gemm_784x1152x256_4x4/" + name).c_str(), product, kernel,
                                 Size{784, 1152, 256, 4});
    for (const int bits : {2, 3}) {
      const Size size{784, 1152, 256, bits};
      benchmark::RegisterBenchmark(fmt::format("gemm_784x1152x256_{0}x{0}/{1}", bits, name).c_str(),
                                   product, kernel, size);
      benchmark::RegisterBenchmark(
          fmt::format("gemm_784x1152x256_{0}x{0}_coefficients/{1}", bits, name).c_str(),
          scaled_product, kernel, size);
    }
    for (const auto& [channels, size] : {std::pair{16, 32}, {32, 16}, {64, 8}, {128, 28}}) {
      benchmark::RegisterBenchmark(
          fmt::format("conv3x3_{}_{}_2x2/{}", channels, size, name).c_str(), layer, kernel,
          convolution(channels, size, 1, 2));
      benchmark::RegisterBenchmark(
          fmt::format("conv3x3_{}_{}_2x2_coefficients/{}", channels, size, name).c_str(), layer,
          kernel, with_learned_levels(convolution(channels, size, 1, 2)));
    }
    for (const auto& [channels, size] : {std::pair{16, 32}, {32, 16}, {64, 8}, {128, 28}})
      benchmark::RegisterBenchmark(
          ("conv3x3_" + std::to_string(channels) + "_" + std::to_string(size) + "_4x4/" + name)
              .c_str(),
          layer, kernel, convolution(channels, size, 1));
    for (const auto& [channels, size] : {std::pair{192, 28}, {32, 112}, {960, 7}})
      for (const int bits : {1, 4, 8})
        benchmark::RegisterBenchmark(
            fmt::format("depthwise3x3_{}_{}_{}x{}/{}", channels, size, bits, bits, name).c_str(),
            layer, kernel, depthwise(channels, size, bits));
  }
  benchmark::RegisterBenchmark("multiplied_depthwise3x3_192_28", multiplied_depthwise, 192, 28);
  return true;
}();

}  // namespace
}  // namespace bitloom::integer
