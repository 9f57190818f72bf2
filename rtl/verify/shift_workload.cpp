#include "rtl/verify/shift_workload.h"

#include <algorithm>
#include <random>

namespace bitloom::verify {
namespace {

using mapping::shift::Mapping;

constexpr int kExponentField = 5;  // bits of an exponent in a packed weight
constexpr int kWordField = 8;
constexpr std::int32_t kExponentMask = (1 << kExponentField) - 1;

std::int32_t packed_word(const ShiftWord& word) {
  return (word.negative ? 1 << kExponentField : 0) | word.exponent;
}
ShiftWord unpacked_word(std::int32_t field) {
  return {(field >> kExponentField & 1) != 0, field & kExponentMask};
}
class WordDrawer {
 public:
  WordDrawer(int bits, Draw draw, std::uint64_t seed)
      : greatest_((1 << (bits - 1)) - 1), draw_(draw), engine_(seed) {}

  ShiftWord next() {
    const std::uint64_t random = engine_() >> 16;
    const bool negative = draw_ == Draw::kLeast || random % 2 != 0;
    const bool extreme = draw_ == Draw::kLeast || (draw_ == Draw::kExtremes && random % 4 < 2);
    const auto exponents = static_cast<std::uint64_t>(greatest_) + 1;
    if (draw_ == Draw::kExtremes && !extreme) return {negative, 0};  // -1 or zero
    return {negative, extreme ? greatest_ : static_cast<int>(random / 4 % exponents)};
  }

 private:
  int greatest_;
  Draw draw_;
  std::mt19937_64 engine_;
};

}  // namespace

std::int64_t ShiftWord::value() const {
  if (!negative && exponent == 0) return 0;
  return (negative ? -1 : 1) * (std::int64_t{1} << exponent);
}

std::int32_t packed(const ShiftWord& first, const ShiftWord& second) {
  return packed_word(first) | packed_word(second) << kWordField;
}

ShiftWord first_of(std::int32_t weight) { return unpacked_word(weight); }

ShiftWord second_of(std::int32_t weight) { return unpacked_word(weight >> kWordField); }

ShiftWorkload random_shift_workload(const graph::LayerShape& layer, const Mapping& mapping,
                                    std::int64_t batch, bool signed_activations, Draw draw,
                                    std::uint64_t seed) {
  Workload workload = random_workload(layer, mapping.precision, batch, signed_activations,
                                      WeightCoding::kSigned, draw, seed);
  WordDrawer words(mapping.precision.weight_bits, draw, seed + 1);
  for (std::int64_t o = 0; o < layer.out_channels; ++o) {
    const std::int64_t product = o / mapping.filters;
    const std::int64_t group =
        product * mapping.groups_per_product() + o % mapping.filters / mapping.columns;
    for (std::int64_t k = 0; k < mapping.reduction; ++k) {
      const ShiftWord first = words.next(), second = words.next();
      const bool selected = k < mapping.selected_rows(group);
      workload.weights[static_cast<std::size_t>(o * mapping.reduction + k)] =
          packed(first, selected ? second : ShiftWord());
    }
  }
  return {std::move(workload), mapping};
}

graph::LayerShape random_shift_layer(std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  const auto in = [&](std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>((engine() >> 16) %
                                             static_cast<std::uint64_t>(most - least + 1));
  };
  graph::LayerShape layer{.name = "random", .in_channels = in(1, 70), .out_channels = in(1, 40)};
  if (in(0, 2) == 0) {
    layer.kind = graph::LayerKind::kLinear;
    return layer;
  }
  const bool depthwise = in(0, 2) == 0;
  if (depthwise) layer.kind = graph::LayerKind::kDepthwise;
  layer.groups = depthwise ? layer.in_channels : in(1, 3);
  layer.in_channels = depthwise ? layer.in_channels : layer.groups * in(1, 12);
  layer.out_channels = depthwise ? layer.in_channels : layer.groups * in(1, 20);
  layer.kernel = {in(1, 3), in(1, 3)};
  layer.stride = {in(1, 2), in(1, 2)};
  layer.output = {in(1, 5), in(1, 5)};
  const auto input = [&](std::int64_t output, std::int64_t stride, std::int64_t kernel) {
    return std::max<std::int64_t>(1, (output - 1) * stride + kernel - in(0, kernel - 1));
  };
  layer.input = {input(layer.output.height, layer.stride.height, layer.kernel.height),
                 input(layer.output.width, layer.stride.width, layer.kernel.width)};
  return layer;
}

std::vector<std::int64_t> plain_sums(const Workload& w) {
  std::vector<std::int64_t> sums;
  const graph::LayerShape& l = w.layer;
  for (std::int64_t n = 0; n < w.batch; ++n)
    for (std::int64_t o = 0; o < l.out_channels; ++o)
      for (std::int64_t y = 0; y < l.output.height; ++y)
        for (std::int64_t x = 0; x < l.output.width; ++x) {
          std::int64_t& sum = sums.emplace_back();
          for_each_product(w, n, o, y, x, [&](std::int32_t activation, std::int32_t weight) {
            sum += activation * (first_of(weight).value() + second_of(weight).value());
          });
        }
  return sums;
}

}  // namespace bitloom::verify
