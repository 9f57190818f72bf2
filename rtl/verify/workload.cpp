#include "rtl/verify/workload.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "base/error.h"
#include "rtl/verify/plane_codes.h"

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

/// Whether all of `weights` are two's complement of so many bits; bipolar codes are odd, and of
/// them one at least is not.
WeightCoding coding_of(const std::vector<std::int32_t>& weights, int bits,
                       const std::string& layer) {
  const auto within = [&](std::int32_t least, std::int32_t most) {
    return std::all_of(weights.begin(), weights.end(),
                       [&](std::int32_t w) { return w >= least && w <= most; });
  };
  const auto [least, greatest] = range_of(true, bits);
  if (within(least, greatest)) return WeightCoding::kSigned;
  const std::int32_t end = (1 << bits) - 1;
  const bool are_odd =
      std::all_of(weights.begin(), weights.end(), [](std::int32_t w) { return w % 2 != 0; });
  if (!are_odd || !within(-end, end))
    throw UserError(
        fmt::format("layer '{}': has weights that are no codes of {} bits", layer, bits));
  return WeightCoding::kBipolar;
}

/// Of each of `blocks` equal pieces of `values`, one for each of `units`, those of `which`.
template <class Value>
std::vector<Value> pieces(const std::vector<Value>& values, std::int64_t blocks, std::int64_t units,
                          const std::vector<std::int64_t>& which) {
  const std::int64_t each = std::ssize(values) / (blocks * units);
  std::vector<Value> some;
  some.reserve(static_cast<std::size_t>(blocks * each * std::ssize(which)));
  for (std::int64_t block = 0; block < blocks; ++block)
    for (const std::int64_t unit : which) {
      const auto first = values.begin() + (block * units + unit) * each;
      some.insert(some.end(), first, first + each);
    }
  return some;
}

/// The input channels that a part's groups read.
std::vector<std::int64_t> channels_of(const graph::LayerShape& layer,
                                      const graph::FilterPart& part) {
  const std::int64_t filters = layer.out_channels / layer.groups;
  const std::int64_t inputs = layer.in_channels / layer.groups;
  std::vector<std::int64_t> channels;
  std::int64_t last = -1;
  for (const std::int64_t filter : part.filters) {
    const std::int64_t group = filter / filters;
    if (group == last) continue;
    last = group;
    for (std::int64_t c = group * inputs; c < (group + 1) * inputs; ++c) channels.push_back(c);
  }
  return channels;
}

}  // namespace

Workload part_of(const Workload& whole, const graph::FilterPart& part) {
  Workload some = whole;
  some.layer = part.layer;
  some.precision = part.bits;
  some.weights = pieces(whole.weights, 1, whole.layer.out_channels, part.filters);
  some.activations = pieces(whole.activations, whole.batch, whole.layer.in_channels,
                            channels_of(whole.layer, part));
  some.weight_coding = coding_of(some.weights, part.bits.weight_bits, part.layer.name);
  return some;
}

std::vector<std::int64_t> outputs_of(const std::vector<std::int64_t>& outputs,
                                     const Workload& whole, const graph::FilterPart& part) {
  return pieces(outputs, whole.batch, whole.layer.out_channels, part.filters);
}

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

std::uint32_t weight_pattern(const Workload& w, std::int64_t index) {
  const std::int32_t value = w.weights[static_cast<std::size_t>(index)];
  const std::int32_t highest = (1 << w.precision.weight_bits) - 1;
  return static_cast<std::uint32_t>(
      w.weight_coding == WeightCoding::kBipolar ? (value + highest) / 2 : value);
}

std::vector<std::int64_t> reference_outputs(const Workload& workload) {
  const Workload levels = workload.codes ? level_codes(workload) : Workload();
  const Workload& w = workload.codes ? levels : workload;
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
