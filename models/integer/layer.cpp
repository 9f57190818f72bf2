#include "models/integer/layer.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "models/graph/window.h"
#include "models/integer/accumulator.h"
#include "models/integer/gemm.h"
#include "models/integer/patches.h"

namespace bitloom::integer {
namespace {

std::int64_t largest_magnitude(std::span<const std::int32_t> values) {
  std::int64_t largest = 0;
  for (const std::int32_t value : values)
    largest = std::max(largest, std::abs(static_cast<std::int64_t>(value)));
  return largest;
}

/// Rows of one group's output channels, columns in the order of `patches`: kernel row, kernel
/// column, channel.
BitMatrix pack_group(const graph::LayerShape& shape, std::int64_t group, CodeType type,
                     std::span<const std::int32_t> weights) {
  const std::int64_t rows = shape.out_channels / shape.groups;
  const std::int64_t channels = shape.in_channels / shape.groups;
  const std::int64_t area = shape.kernel_area();
  BitMatrix matrix(rows, shape.reduction(), type);
  auto code = weights.begin() + group * rows * shape.reduction();
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t channel = 0; channel < channels; ++channel)
      for (std::int64_t position = 0; position < area; ++position)
        matrix.set_code(row, position * channels + channel, *code++);
  return matrix;
}

/// The patterns of weights that are levels of their output channels.
std::vector<std::int32_t> patterns_of_channels(const PlaneCoefficients& planes,
                                               std::span<const std::int32_t> weights,
                                               std::int64_t channels, const CodeType& type) {
  std::vector<std::int32_t> patterns;
  patterns.reserve(weights.size());
  const std::size_t each = weights.size() / static_cast<std::size_t>(channels);
  for (std::size_t channel = 0; channel < static_cast<std::size_t>(channels); ++channel) {
    const std::vector<std::int32_t> of_levels = patterns_of(planes, channel, type);
    for (const std::int32_t weight : weights.subspan(channel * each, each)) {
      patterns.push_back(of_levels[static_cast<std::size_t>(weight - type.lowest())]);
      ensure(patterns.back() >= 0, "weights are levels of their planes");
    }
  }
  return patterns;
}

/// The coefficients of some channels; one row that stands for all stays.
PlaneCoefficients rows_of(const PlaneCoefficients& all, std::int64_t first, std::int64_t count) {
  if (all.rows() == 1) return all;
  const auto begin = all.values.begin() + first * all.planes;
  return {all.planes, all.are_signs, {begin, begin + count * all.planes}};
}

void ensure_consistent(const LayerSpecification& spec, std::size_t weights, std::size_t biases) {
  const graph::LayerShape& shape = spec.shape;
  ensure_valid(spec.weights);
  ensure_valid(spec.activations);
  ensure(spec.weights.encoding != Encoding::kUnsigned, "weights are signed or bipolar");
  ensure(spec.activations.encoding != Encoding::kBipolar, "activations are unsigned or signed");
  ensure(spec.window.kernel == shape.kernel && spec.window.stride == shape.stride &&
             graph::window_output(spec.window, shape.input) == shape.output,
         "a layer's window and shape agree");
  ensure(static_cast<std::int64_t>(weights) == shape.weights(), "a layer has all its weights");
  ensure(biases == 0 || static_cast<std::int64_t>(biases) == shape.out_channels,
         "a layer has no bias, or one for each output channel");
}

}  // namespace

IntegerLayer::IntegerLayer(LayerSpecification specification, std::span<const std::int32_t> weights,
                           std::span<const std::int32_t> bias, std::vector<bool> negated)
    : specification_(std::move(specification)),
      bias_(bias.begin(), bias.end()),
      negated_(std::move(negated)) {
  const graph::LayerShape& shape = specification_.shape;
  ensure_consistent(specification_, weights.size(), bias.size());
  ensure(negated_.empty() || static_cast<std::int64_t>(negated_.size()) == shape.out_channels,
         "a layer negates no sum, or says it of each output channel");
  ensure_codes(weights, specification_.weights);
  require_accumulator(shape, specification_.weights, specification_.activations,
                      largest_magnitude(bias));
  padding_ = graph::resolved_padding(specification_.window, shape.input);
  if (shape.kind == graph::LayerKind::kDepthwise)
    depthwise_.emplace(shape, specification_.window, specification_.weights,
                       specification_.activations, weights);
  else
    pack(weights);
}

void IntegerLayer::pack(std::span<const std::int32_t> weights) {
  const LayerSpecification& spec = specification_;
  const graph::LayerShape& shape = spec.shape;
  if (!spec.weight_planes && !spec.activation_planes) {
    for (std::int64_t group = 0; group < shape.groups; ++group)
      group_weights_.push_back(pack_group(shape, group, spec.weights, weights));
    return;
  }
  Planes planes{spec.weight_planes.value_or(coefficients_of(spec.weights)),
                with_padding(spec.activation_planes.value_or(coefficients_of(spec.activations))),
                {}};
  planes.patterns = patterns_of(planes.activations, 0, spec.activations);
  const std::vector<std::int32_t> patterns =
      patterns_of_channels(planes.weights, weights, shape.out_channels, spec.weights);
  for (std::int64_t group = 0; group < shape.groups; ++group) {
    group_weights_.push_back(
        pack_group(shape, group, unsigned_codes(planes.weights.planes), patterns));
    group_weights_.back().set_coefficients(rows_of(planes.weights,
                                                   group * shape.out_channels / shape.groups,
                                                   shape.out_channels / shape.groups));
  }
  planes_ = std::move(planes);
}

std::vector<std::int32_t> IntegerLayer::accumulate(std::span<const std::int32_t> activations,
                                                   Kernel kernel) const {
  const graph::LayerShape& shape = specification_.shape;
  const std::int64_t in_area = shape.input.height * shape.input.width;
  const std::int64_t out_area = shape.output_pixels();
  ensure(static_cast<std::int64_t>(activations.size()) == shape.in_channels * in_area,
         "a layer takes in_channels x height x width activations");
  std::vector<std::int32_t> out(static_cast<std::size_t>(shape.out_channels * out_area));
  if (depthwise_) {
    ensure_codes(activations, specification_.activations);
    depthwise_->accumulate(activations, kernel, out);
  } else {
    const std::int64_t taken = shape.in_channels / shape.groups * in_area;
    const std::int64_t given = shape.out_channels / shape.groups * out_area;
    for (std::int64_t group = 0; group < shape.groups; ++group)
      accumulate_group(group,
                       activations.subspan(static_cast<std::size_t>(group * taken),
                                           static_cast<std::size_t>(taken)),
                       kernel, out.data() + group * given);
  }
  const auto area = static_cast<std::size_t>(out_area);
  for (std::size_t channel = 0; channel < negated_.size(); ++channel)
    if (negated_[channel])
      for (std::size_t pixel = 0; pixel < area; ++pixel) {
        std::int32_t& sum = out[channel * area + pixel];
        sum = -sum;
      }
  for (std::size_t channel = 0; channel < bias_.size(); ++channel)
    for (std::size_t pixel = 0; pixel < area; ++pixel)
      out[channel * area + pixel] += bias_[channel];
  return out;
}

BitMatrix IntegerLayer::columns_of(std::span<const std::int32_t> activations) const {
  const graph::LayerShape& shape = specification_.shape;
  const std::int64_t channels = shape.in_channels / shape.groups;
  const auto packed = [&](std::span<const std::int32_t> codes, CodeType type) {
    return patches(BitImage(codes, channels, shape.input, padding_, type), specification_.window,
                   shape.output);
  };
  if (!planes_) return packed(activations, specification_.activations);
  ensure_codes(activations, specification_.activations);
  std::vector<std::int32_t> patterns(activations.size());
  const std::int32_t lowest = specification_.activations.lowest();
  std::transform(activations.begin(), activations.end(), patterns.begin(), [&](std::int32_t code) {
    return planes_->patterns[static_cast<std::size_t>(code - lowest)];
  });
  BitMatrix columns = packed(patterns, unsigned_codes(planes_->activations.planes));
  columns.set_coefficients(planes_->activations);
  return columns;
}

void IntegerLayer::accumulate_group(std::int64_t group, std::span<const std::int32_t> activations,
                                    Kernel kernel, std::int32_t* out) const {
  const graph::LayerShape& shape = specification_.shape;
  const BitMatrix& weights = group_weights_[static_cast<std::size_t>(group)];
  const BitMatrix columns = columns_of(activations);
  // The right factor fills vectors: output pixels, or output channels where there is one pixel.
  if (shape.output_pixels() == 1)
    gemm_into(columns, weights, kernel, out, weights.rows());
  else
    gemm_into(weights, columns, kernel, out, columns.rows());
}

}  // namespace bitloom::integer
