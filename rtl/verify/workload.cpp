#include "rtl/verify/workload.h"

#include <algorithm>
#include <random>

#include "base/error.h"

namespace bitloom::verify {
namespace {

struct Range {
  std::int32_t least;
  std::int32_t greatest;
};

Range range_of(bool is_signed, int bits) {
  if (is_signed) return {-(1 << (bits - 1)), (1 << (bits - 1)) - 1};
  return {0, (1 << bits) - 1};
}

class Drawer {
 public:
  Drawer(Draw draw, std::uint64_t seed) : draw_(draw), engine_(seed) {}

  std::vector<std::int32_t> tensor(std::int64_t count, Range range, bool greatest_magnitude) {
    std::vector<std::int32_t> values(static_cast<std::size_t>(count));
    const auto codes = static_cast<std::uint64_t>(range.greatest - range.least) + 1;
    for (std::int32_t& value : values) {
      const std::uint64_t random = engine_() >> 16;
      if (draw_ == Draw::kUniform)
        value = range.least + static_cast<std::int32_t>(random % codes);
      else if (draw_ == Draw::kExtremes)
        value = random % 2 == 0 ? range.least : range.greatest;
      else
        value = greatest_magnitude && range.least == 0 ? range.greatest : range.least;
    }
    return values;
  }

 private:
  Draw draw_;
  std::mt19937_64 engine_;
};

std::int64_t reach_over(std::int64_t in, std::int64_t out, std::int64_t stride,
                        std::int64_t kernel) {
  return std::max<std::int64_t>(0, (out - 1) * stride + kernel - in);
}

}  // namespace

std::string_view to_text(WeightCoding coding) {
  switch (coding) {
    case WeightCoding::kSigned:
      return "signed";
    case WeightCoding::kUnsigned:
      return "unsigned";
    case WeightCoding::kBipolar:
      break;
  }
  return "bipolar";
}

graph::Extent padding_of(const graph::LayerShape& l) {
  const std::int64_t rows =
      reach_over(l.input.height, l.output.height, l.stride.height, l.kernel.height);
  const std::int64_t columns =
      reach_over(l.input.width, l.output.width, l.stride.width, l.kernel.width);
  return {(rows + 1) / 2, (columns + 1) / 2};
}

Workload random_workload(const graph::LayerShape& layer, graph::Precision precision,
                         std::int64_t batch, bool signed_activations, WeightCoding coding,
                         Draw draw, std::uint64_t seed) {
  Drawer drawer(draw, seed);
  const std::int64_t inputs = batch * layer.in_channels * layer.input.height * layer.input.width;
  Workload w{.layer = layer,
             .precision = precision,
             .batch = batch,
             .signed_activations = signed_activations,
             .weight_coding = coding,
             .padding = padding_of(layer),
             .activations = drawer.tensor(
                 inputs, range_of(signed_activations, precision.activation_bits), true),
             .weights = drawer.tensor(
                 layer.weights(), range_of(coding == WeightCoding::kSigned, precision.weight_bits),
                 false)};
  if (coding == WeightCoding::kBipolar)
    for (std::int32_t& weight : w.weights) weight = 2 * weight - ((1 << precision.weight_bits) - 1);
  return w;
}

std::vector<std::int64_t> reference_outputs(const Workload& w) {
  const auto output_value = [&](std::int64_t n, std::int64_t o, std::int64_t y, std::int64_t x) {
    std::int64_t sum = 0;
    for_each_product(w, n, o, y, x, [&](std::int32_t activation, std::int32_t weight) {
      sum += static_cast<std::int64_t>(activation) * weight;
    });
    return sum;
  };
  const graph::LayerShape& l = w.layer;
  std::vector<std::int64_t> outputs;
  outputs.reserve(static_cast<std::size_t>(w.batch * l.out_channels * l.output_pixels()));
  for (std::int64_t n = 0; n < w.batch; ++n)
    for (std::int64_t o = 0; o < l.out_channels; ++o)
      for (std::int64_t y = 0; y < l.output.height; ++y)
        for (std::int64_t x = 0; x < l.output.width; ++x)
          outputs.push_back(output_value(n, o, y, x));
  return outputs;
}

}  // namespace bitloom::verify
