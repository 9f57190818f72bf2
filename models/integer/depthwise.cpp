#include "models/integer/depthwise.h"

#include <algorithm>
#include <bit>

#include "base/quantity.h"
#include "models/graph/window.h"

namespace bitloom::integer {
namespace {

constexpr int kWordBits = 32;

/// Copies every `step`th code's planes from `shift` on.
void copy_planes(const std::int32_t* codes, std::int64_t step, std::int64_t count, int shift,
                 std::uint32_t mask, std::uint32_t* to) {
  const auto field = [&](std::int32_t code) {
    return static_cast<std::uint32_t>(code) >> shift & mask;
  };
  if (step == 1)
    for (std::int64_t i = 0; i < count; ++i) to[i] = field(codes[i]);
  else
    for (std::int64_t i = 0; i < count; ++i) to[i] = field(codes[i * step]);
}

/// Drops the sums between the outputs' rows, of windows across the image's edges.
void copy_rows(const std::int32_t* sums, std::int64_t stride, graph::Extent output,
               std::int32_t* to) {
  for (std::int64_t row = 0; row < output.height; ++row)
    std::copy_n(sums + row * stride, output.width, to + row * output.width);
}

}  // namespace

/// Weights as planes of two's complement: plane j weighs 2^j, the last one -2^j. Bipolar codes of w
/// bits are odd numbers of w + 1.
struct DepthwiseConvolution::WeightPlanes {
  explicit WeightPlanes(CodeType of)
      : type(of),
        count(of.encoding == Encoding::kBipolar ? of.bits + 1 : of.bits),
        negative(count - 1) {}

  static bool bit(std::int32_t code, int plane) {
    return (static_cast<std::uint32_t>(code) >> plane & 1) != 0;
  }

  CodeType type;
  int count;
  int negative;
};

DepthwiseConvolution::DepthwiseConvolution(const graph::LayerShape& shape,
                                           const graph::Window& window, CodeType weight_type,
                                           CodeType activation_type,
                                           std::span<const std::int32_t> weights)
    : shape_(shape),
      padding_(graph::resolved_padding(window, shape.input)),
      activation_type_(activation_type) {
  grid_ = {
      shape.output.height +
          (shape.kernel.height - 1) * window.dilation.height / shape.stride.height,
      shape.output.width + (shape.kernel.width - 1) * window.dilation.width / shape.stride.width};
  for (std::int64_t y = 0; y < shape.kernel.height; ++y)
    for (std::int64_t x = 0; x < shape.kernel.width; ++x)
      taps_.push_back(position_of(y * window.dilation.height, x * window.dilation.width));
  const WeightPlanes planes(weight_type);
  split_window(planes.count);
  pack_weights(planes, weights);
}

std::int64_t DepthwiseConvolution::position_of(std::int64_t row, std::int64_t column) const {
  const graph::Extent stride = shape_.stride;
  const std::int64_t phase = row % stride.height * stride.width + column % stride.width;
  return (phase * grid_.height + row / stride.height) * grid_.width + column / stride.width;
}

void DepthwiseConvolution::split_window(int weight_planes) {
  const auto taps = static_cast<std::int64_t>(taps_.size());
  const int bits = activation_type_.bits;
  const std::int64_t fitting = std::clamp<std::int64_t>(kWordBits / taps, 1, bits);
  planes_of_word_ = static_cast<int>(ceil_div(bits, ceil_div(bits, fitting)));  // spread evenly
  const std::int64_t taps_of_word = std::min<std::int64_t>(taps, kWordBits / planes_of_word_);
  for (int plane = 0; plane < bits; plane += planes_of_word_)
    for (std::int64_t tap = 0; tap < taps; tap += taps_of_word) {
      const int planes = std::min(planes_of_word_, bits - plane);
      parts_.push_back({tap, static_cast<int>(std::min(taps_of_word, taps - tap)), plane, planes,
                        planes + weight_planes - 1});
    }
}

void DepthwiseConvolution::pack_weights(const WeightPlanes& planes,
                                        std::span<const std::int32_t> weights) {
  for (std::int64_t channel = 0; channel < shape_.out_channels; ++channel)
    for (const Part& part : parts_)
      for (int diagonal = 0; diagonal < part.diagonals; ++diagonal)
        masks_.push_back(mask_of(part, diagonal, planes,
                                 weights.data() + channel * shape_.kernel_area() + part.first_tap));
  auto mask = masks_.begin();
  for (const Part& part : parts_)
    for (int diagonal = 0; diagonal < part.diagonals; ++diagonal, ++mask)
      flipped_ += static_cast<std::uint32_t>(std::popcount(mask->flip))
                  << (part.first_plane + diagonal);
}

DiagonalMask DepthwiseConvolution::mask_of(const Part& part, int diagonal,
                                           const WeightPlanes& weight_planes,
                                           const std::int32_t* weights) const {
  DiagonalMask mask{0, 0};
  for (int plane = 0; plane < part.planes; ++plane) {
    const int weight_plane = diagonal - plane;
    if (weight_plane < 0 || weight_plane >= weight_planes.count) continue;
    const bool is_negative = (weight_plane == weight_planes.negative) !=
                             (activation_type_.encoding == Encoding::kSigned &&
                              part.first_plane + plane + 1 == activation_type_.bits);
    for (int tap = 0; tap < part.taps; ++tap) {
      const std::uint32_t bit = std::uint32_t{1} << (tap * part.planes + plane);
      if (weight_planes.bit(weights[tap], weight_plane)) mask.select |= bit;
      if (is_negative) mask.flip |= bit;
    }
  }
  return mask;
}

void DepthwiseConvolution::fill_fields(const std::int32_t* codes, int first_plane,
                                       std::uint32_t* fields) const {
  const graph::Extent stride = shape_.stride;
  const int planes = std::min(planes_of_word_, activation_type_.bits - first_plane);
  const std::uint32_t mask = (std::uint32_t{1} << planes) - 1;
  const std::int64_t rows =
      std::min(shape_.input.height, grid_.height * stride.height - padding_.top);
  const std::int64_t columns =
      std::min(shape_.input.width, grid_.width * stride.width - padding_.left);
  for (std::int64_t first_row = 0; first_row < std::min(stride.height, rows); ++first_row)
    for (std::int64_t column = 0; column < std::min(stride.width, columns); ++column) {
      std::uint32_t* to = fields + position_of(first_row + padding_.top, column + padding_.left);
      for (std::int64_t row = first_row; row < rows; row += stride.height, to += grid_.width)
        copy_planes(codes + row * shape_.input.width + column, stride.width,
                    ceil_div(columns - column, stride.width), first_plane, mask, to);
    }
}

void DepthwiseConvolution::accumulate(std::span<const std::int32_t> activations, Kernel kernel,
                                      std::span<std::int32_t> out) const {
  const Convolve convolve = convolve_of(kernel);
  const std::int64_t multiplier = shape_.out_channels / shape_.in_channels;
  const std::int64_t positions = (shape_.output.height - 1) * grid_.width + shape_.output.width;
  const std::int64_t sums_of_output = ceil_div(positions, kPositionsPerBlock) * kPositionsPerBlock;
  const std::int64_t image =
      grid_.height * grid_.width * shape_.stride.height * shape_.stride.width +
      kPositionsPerBlock;  // the last block reads on
  const std::int64_t images = ceil_div(activation_type_.bits, planes_of_word_);
  std::vector<std::uint32_t> fields(static_cast<std::size_t>(images * image));
  std::vector<std::int32_t> sums(static_cast<std::size_t>(multiplier * sums_of_output));
  std::vector<WindowWord> words;
  for (const Part& part : parts_)
    words.push_back({fields.data() + part.first_plane / planes_of_word_ * image,
                     taps_.data() + part.first_tap, part.taps, part.planes, part.first_plane,
                     part.diagonals});
  const auto masks_per_output = static_cast<std::int64_t>(masks_.size()) / shape_.out_channels;

  for (std::int64_t channel = 0; channel < shape_.in_channels; ++channel) {
    const std::int32_t* codes =
        activations.data() + channel * shape_.input.height * shape_.input.width;
    for (std::int64_t i = 0; i < images; ++i)
      fill_fields(codes, static_cast<int>(i) * planes_of_word_, fields.data() + i * image);
    std::fill(sums.begin(), sums.end(), static_cast<std::int32_t>(0 - flipped_));
    convolve({words.data(), static_cast<int>(words.size()),
              masks_.data() + channel * multiplier * masks_per_output, masks_per_output, multiplier,
              positions, sums.data(), sums_of_output});
    for (std::int64_t o = 0; o < multiplier; ++o)
      copy_rows(sums.data() + o * sums_of_output, grid_.width, shape_.output,
                out.data() + (channel * multiplier + o) * shape_.output_pixels());
  }
}

}  // namespace bitloom::integer
