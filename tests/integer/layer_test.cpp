#include "models/integer/layer.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "models/graph/window.h"
#include "models/integer/accumulator.h"
#include "tests/integer/reference.h"

namespace bitloom::integer {
namespace {

LayerSpecification convolution(std::int64_t in_channels, std::int64_t out_channels,
                               graph::Extent input, graph::Window window, std::int64_t groups,
                               CodeType weights, CodeType activations) {
  const graph::LayerShape shape{.name = "conv",
                                .kind = graph::LayerKind::kConvolution,
                                .in_channels = in_channels,
                                .out_channels = out_channels,
                                .kernel = window.kernel,
                                .stride = window.stride,
                                .input = input,
                                .output = graph::window_output(window, input),
                                .groups = groups};
  return {shape, window, weights, activations};
}

LayerSpecification linear(std::int64_t in, std::int64_t out, CodeType weights,
                          CodeType activations) {
  LayerSpecification spec = convolution(in, out, {1, 1}, {}, 1, weights, activations);
  spec.shape.kind = graph::LayerKind::kLinear;
  return spec;
}

std::string described(const LayerSpecification& spec) {
  const graph::LayerShape& s = spec.shape;
  const auto text = [](std::int64_t value) { return std::to_string(value) + " "; };
  return "channels " + text(s.in_channels) + text(s.out_channels) + "groups " + text(s.groups) +
         "input " + text(s.input.height) + text(s.input.width) + "kernel " + text(s.kernel.height) +
         text(s.kernel.width) + "stride " + text(s.stride.height) + text(s.stride.width) + "bits " +
         text(spec.weights.bits) + text(spec.activations.bits);
}

/// Every kernel gives what the plain loop gives on these codes.
void expect_exact(const LayerSpecification& spec, const std::vector<std::int32_t>& weights,
                  const std::vector<std::int32_t>& in) {
  const graph::Padding padding = graph::resolved_padding(spec.window, spec.shape.input);
  const auto expected = reference_convolution(spec, padding.top, padding.left, weights, in);
  const IntegerLayer layer(spec, weights);
  for (const Kernel kernel : available_kernels())
    ASSERT_EQ(widened(layer.accumulate(in, kernel)), expected)
        << described(spec) << "by " << to_text(kernel);
}

void expect_exact(const LayerSpecification& spec, std::mt19937_64& random) {
  const graph::LayerShape& s = spec.shape;
  expect_exact(
      spec, random_codes(s.weights(), spec.weights, random),
      random_codes(s.in_channels * s.input.height * s.input.width, spec.activations, random));
}

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }
  bool coin() { return between(0, 1) == 1; }
  CodeType weights() {
    const auto bits = static_cast<int>(between(1, 16));
    return between(0, 3) == 0 ? bipolar_codes(std::min(bits, 8)) : signed_codes(bits);
  }
  CodeType activations(const CodeType& weights) {
    const int bits = static_cast<int>(between(1, std::min(16, 20 - weights.bits)));
    return coin() ? unsigned_codes(bits) : signed_codes(bits);
  }
  graph::Window window(graph::Extent input) {
    const graph::Extent kernel{between(1, 4), between(1, 4)};
    const graph::Extent dilation{between(1, 2), between(1, 2)};
    graph::Window window{kernel, {between(1, 3), between(1, 3)}, {}, dilation};
    const std::int64_t rows =
        std::max<std::int64_t>(0, dilation.height * (kernel.height - 1) + 1 - input.height);
    const std::int64_t columns =
        std::max<std::int64_t>(0, dilation.width * (kernel.width - 1) + 1 - input.width);
    window.padding = coin() ? graph::Padding::same()
                            : graph::Padding{rows + between(0, 3), columns + between(0, 3),
                                             between(0, 3), between(0, 3)};
    return window;
  }
  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64 random_;
};

TEST(Convolution, EqualsThePlainLoopOnRandomLayers) {
  Draw draw(11);
  for (int trial = 0; trial < 400; ++trial) {
    const graph::Extent input{draw.between(1, 13), draw.between(1, 13)};
    const std::int64_t groups = draw.coin() ? 1 : draw.between(2, 4);
    const CodeType weights = draw.weights();
    expect_exact(convolution(groups * draw.between(1, 12), groups * draw.between(1, 12), input,
                             draw.window(input), groups, weights, draw.activations(weights)),
                 draw.random());
    if (HasFatalFailure()) return;
  }
}

TEST(Convolution, EqualsThePlainLoopWhereChannelsCrossWords) {
  Draw draw(12);
  for (const std::int64_t channels : {63, 64, 65, 128, 150}) {
    const graph::Window window{{3, 3}, {1, 1}, graph::Padding::all(1), {1, 1}};
    expect_exact(convolution(channels, 10, {9, 9}, window, 1, signed_codes(4), unsigned_codes(4)),
                 draw.random());
    expect_exact(convolution(channels, 10, {9, 9}, window, 1, bipolar_codes(), signed_codes(3)),
                 draw.random());
  }
}

LayerSpecification depthwise(std::int64_t channels, std::int64_t multiplier, graph::Extent input,
                             graph::Window window, CodeType weights, CodeType activations) {
  LayerSpecification spec =
      convolution(channels, channels * multiplier, input, window, channels, weights, activations);
  spec.shape.kind = graph::LayerKind::kDepthwise;
  return spec;
}

TEST(Depthwise, EqualsThePlainLoopOnRandomLayers) {
  Draw draw(13);
  for (int trial = 0; trial < 300; ++trial) {
    const graph::Extent input{draw.between(1, 13), draw.between(1, 13)};
    const std::int64_t channels = draw.between(2, 9);
    const CodeType weights = draw.weights();
    expect_exact(depthwise(channels, draw.between(1, 3), input, draw.window(input), weights,
                           draw.activations(weights)),
                 draw.random());
    if (HasFatalFailure()) return;
  }
}

TEST(Depthwise, EqualsThePlainLoopAtEveryPairOfWidths) {
  Draw draw(15);
  const graph::Window window{{3, 3}, {1, 1}, graph::Padding::all(1), {1, 1}};
  for (int w = -3; w <= 16; ++w)
    for (int a = 1; a <= std::min(16, 27 - w); ++a)
      for (const CodeType activations : {unsigned_codes(a), signed_codes(a)}) {
        const CodeType weights = w <= 0 ? bipolar_codes(1 - w) : signed_codes(w);
        const auto spec = depthwise(2, 1, {4, 5}, window, weights, activations);
        expect_exact(spec, draw.random());
        expect_exact(spec, std::vector<std::int32_t>(18, weights.lowest()),
                     std::vector<std::int32_t>(
                         40, a % 2 == 0 ? activations.highest() : activations.lowest()));
        if (HasFatalFailure()) return;
      }
}

TEST(Depthwise, EqualsThePlainLoopWhereWindowsFillSeveralWordsAndRowsSeveralBlocks) {
  Draw draw(16);
  for (const std::int64_t size : {5, 6, 7, 9})
    for (const std::int64_t stride : {1, 2, 11})
      for (const int bits : {1, 4, 7}) {
        const graph::Window window{
            {size, size}, {stride, stride}, graph::Padding::all(size / 2), {1, 1}};
        expect_exact(depthwise(3, 2, {9, 150}, window, signed_codes(bits), signed_codes(bits)),
                     draw.random());
        expect_exact(depthwise(3, 2, {9, 150}, window, bipolar_codes(), unsigned_codes(bits)),
                     draw.random());
        if (HasFatalFailure()) return;
      }
}

TEST(Depthwise, KeepsPaddingZeroUnderBipolarWeights) {
  const graph::Window window{{3, 3}, {1, 1}, graph::Padding::all(1), {1, 1}};
  const auto spec = depthwise(2, 1, {1, 1}, window, bipolar_codes(), unsigned_codes(2));
  std::vector<std::int32_t> weights(18, -1);
  std::fill_n(weights.begin(), 9, 1);
  const IntegerLayer layer(spec, weights);
  for (const Kernel kernel : available_kernels())
    EXPECT_EQ(layer.accumulate(std::vector{3, 2}, kernel), (std::vector{3, -2}));
}

TEST(Linear, EqualsThePlainLoopOnRandomLayers) {
  Draw draw(14);
  for (int trial = 0; trial < 200; ++trial) {
    const CodeType weights = draw.weights();
    expect_exact(
        linear(draw.between(1, 700), draw.between(1, 40), weights, draw.activations(weights)),
        draw.random());
    if (HasFatalFailure()) return;
  }
}

TEST(Convolution, KeepsPaddingZeroUnderBipolarWeights) {
  const graph::Window window{{3, 3}, {1, 1}, graph::Padding::all(1), {1, 1}};
  const auto spec = convolution(1, 1, {1, 1}, window, 1, bipolar_codes(), unsigned_codes(2));
  const IntegerLayer minus(spec, std::vector<std::int32_t>(9, -1));
  const IntegerLayer plus(spec, std::vector<std::int32_t>(9, 1));
  for (const Kernel kernel : available_kernels()) {
    EXPECT_EQ(minus.accumulate(std::vector{3}, kernel), std::vector{-3});
    EXPECT_EQ(plus.accumulate(std::vector{3}, kernel), std::vector{3});
  }
}

TEST(Convolution, HoldsTheMostNegativeValuesAtEveryWidth) {
  const graph::Window window{{2, 2}, {1, 1}, graph::Padding::all(1), {1, 1}};
  for (int bits = 1; bits <= 14; ++bits) {
    const auto spec = convolution(3, 2, {3, 3}, window, 1, signed_codes(bits), signed_codes(bits));
    expect_exact(spec, std::vector<std::int32_t>(2 * 3 * 4, spec.weights.lowest()),
                 std::vector<std::int32_t>(3 * 9, spec.activations.lowest()));
  }
}

TEST(Linear, ReachesTheLowestAccumulatorAndRefusesOneProductMore) {
  constexpr std::int64_t kMost = 1 << 16;
  const auto fits = linear(kMost, 1, signed_codes(16), unsigned_codes(1));
  const IntegerLayer layer(fits, std::vector<std::int32_t>(kMost, -(1 << 15)));
  for (const Kernel kernel : available_kernels())
    EXPECT_EQ(layer.accumulate(std::vector<std::int32_t>(kMost, 1), kernel),
              std::vector{INT32_MIN});
  const auto exceeds = linear(kMost + 1, 1, signed_codes(16), unsigned_codes(1));
  try {
    const IntegerLayer refused(exceeds, std::vector<std::int32_t>(kMost + 1, 0));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "layer 'conv' at 16/1: a sum of 65537 products needs 33 accumulator bits, 32 are "
                 "available");
  }
}

TEST(Linear, AddsItsBiasAndCountsItInTheAccumulator) {
  const auto spec = linear(2, 2, signed_codes(4), unsigned_codes(4));
  const std::vector<std::int32_t> weights{-8, 7, 1, 2};
  const IntegerLayer layer(spec, weights, std::vector{100, -100});
  EXPECT_EQ(layer.accumulate(std::vector{15, 1}, Kernel::kPortable), (std::vector{-13, -83}));
  try {
    const IntegerLayer refused(spec, weights, std::vector{0, INT32_MIN});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "layer 'conv' at 4/4: a sum of 2 products and its bias needs 33 accumulator bits, "
                 "32 are available");
  }
}

TEST(Accumulator, IsCountedAsTheMappingCountsIt) {
  EXPECT_EQ(accumulator_bits_needed(1, signed_codes(1), unsigned_codes(1)), 1);      // -1 .. 0
  EXPECT_EQ(accumulator_bits_needed(1, signed_codes(8), unsigned_codes(8)), 16);     // -255 * 128
  EXPECT_EQ(accumulator_bits_needed(2048, signed_codes(1), unsigned_codes(1)), 12);  // -2048 .. 0
  EXPECT_EQ(accumulator_bits_needed(2048, bipolar_codes(), unsigned_codes(1)), 13);  // +-2048
  EXPECT_EQ(accumulator_bits_needed(4608, signed_codes(16), unsigned_codes(16)), 45);
}

TEST(IntegerLayer, RefusesWhatItsCallerGotWrong) {
  const auto spec = linear(2, 1, signed_codes(2), unsigned_codes(2));
  EXPECT_THROW(IntegerLayer(spec, std::vector{1}), InternalError);
  EXPECT_THROW(IntegerLayer(spec, std::vector{1, 2}), InternalError);
  EXPECT_THROW(IntegerLayer(spec, std::vector{1, 1}, std::vector{1, 1}), InternalError);
  EXPECT_THROW(IntegerLayer(linear(2, 1, unsigned_codes(2), unsigned_codes(2)), std::vector{1, 1}),
               InternalError);
  EXPECT_THROW(IntegerLayer(linear(2, 1, signed_codes(2), bipolar_codes()), std::vector{1, 1}),
               InternalError);
  const IntegerLayer layer(spec, std::vector{1, 1});
  EXPECT_THROW(layer.accumulate(std::vector{1}, Kernel::kPortable), InternalError);
  EXPECT_THROW(layer.accumulate(std::vector{1, 4}, Kernel::kPortable), InternalError);
}

}  // namespace
}  // namespace bitloom::integer
