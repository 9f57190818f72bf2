#include "models/data/preparation.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace bitloom::data {
namespace {

// Weights are integers of this many fractional bits: 32, less 8 of the pixels and 2 to spare.
constexpr int kFractionBits = 22;

/// The pixels that make up each pixel of a resized row.
struct Filter {
  struct Tap {
    std::int64_t first;
    std::vector<std::int32_t> weights;
  };
  std::vector<Tap> taps;
};

Filter triangle_filter(std::int64_t from, std::int64_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double support = std::max(scale, 1.0);
  Filter filter;
  std::vector<double> weights;
  for (std::int64_t out = 0; out < to; ++out) {
    const double centre = (static_cast<double>(out) + 0.5) * scale;
    const auto first = std::max<std::int64_t>(static_cast<std::int64_t>(centre - support + 0.5), 0);
    const auto end = std::min(static_cast<std::int64_t>(centre + support + 0.5), from);
    weights.clear();
    double sum = 0;
    for (std::int64_t in = first; in < end; ++in) {
      const double distance = std::abs((static_cast<double>(in) - centre + 0.5) / support);
      weights.push_back(std::max(1.0 - distance, 0.0));
      sum += weights.back();
    }
    Filter::Tap& tap = filter.taps.emplace_back(Filter::Tap{first, {}});
    for (const double weight : weights)
      tap.weights.push_back(static_cast<std::int32_t>(weight / sum * (1 << kFractionBits) + 0.5));
  }
  return filter;
}

std::uint8_t to_pixel(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
}

Image resize_rows(const Image& image, std::int64_t width) {
  const Filter filter = triangle_filter(image.width, width);
  Image resized(image.channels, image.height, width);
  const std::uint8_t* in = image.pixels.data();
  std::uint8_t* out = resized.pixels.data();
  for (std::int64_t row = 0; row < image.channels * image.height; ++row, in += image.width)
    for (const Filter::Tap& tap : filter.taps) {
      std::int32_t sum = 1 << (kFractionBits - 1);
      for (std::size_t i = 0; i < tap.weights.size(); ++i)
        sum += tap.weights[i] * in[tap.first + static_cast<std::int64_t>(i)];
      *out++ = to_pixel(sum);
    }
  return resized;
}

Image resize_columns(const Image& image, std::int64_t height) {
  const Filter filter = triangle_filter(image.height, height);
  Image resized(image.channels, height, image.width);
  std::vector<std::int32_t> sums(static_cast<std::size_t>(image.width));
  std::uint8_t* out = resized.pixels.data();
  for (std::int64_t channel = 0; channel < image.channels; ++channel)
    for (const Filter::Tap& tap : filter.taps) {
      std::fill(sums.begin(), sums.end(), 1 << (kFractionBits - 1));
      const std::uint8_t* in = image.plane(channel) + tap.first * image.width;
      for (const std::int32_t weight : tap.weights)
        for (std::int32_t& sum : sums) sum += weight * *in++;
      out = std::transform(sums.begin(), sums.end(), out, to_pixel);
    }
  return resized;
}

/// `length` * `numerator` / `denominator`, at least 1.
std::int64_t scaled(std::int64_t length, std::int64_t numerator, std::int64_t denominator) {
  return std::max<std::int64_t>(length * numerator / denominator, 1);
}

/// The shorter side at `target`, the longer in proportion and rounded down, as torchvision has it.
Image resize_shorter_side(const Image& image, std::int64_t target) {
  const std::int64_t shorter = std::min(image.height, image.width);
  return resize(image, image.height == shorter ? target : scaled(image.height, target, shorter),
                image.width == shorter ? target : scaled(image.width, target, shorter));
}

Image with_channels(Image image, std::int64_t channels) {
  if (image.channels == channels) return image;
  if (image.channels != 1)
    throw UserError(fmt::format("an image of {} channels for a network that takes {}",
                                image.channels, channels));
  Image repeated(channels, image.height, image.width);
  for (std::int64_t c = 0; c < channels; ++c)
    std::copy(image.pixels.begin(), image.pixels.end(), repeated.plane(c));
  return repeated;
}

/// Where torchvision's CenterCrop begins: round(rest / 2), halves to even.
std::int64_t centred(std::int64_t rest) { return rest / 2 + (rest % 4 == 3 ? 1 : 0); }

/// int(side * 8 / 7 + 0.5): to what torchvision's presets resize before they crop to `side`.
std::int64_t before_crop(std::int64_t side) { return (16 * side + 7) / 14; }

}  // namespace

InputSize InputSize::of(const std::vector<std::int64_t>& sizes) {
  constexpr std::size_t kImageDimensions = 3;
  if (sizes.size() == kImageDimensions) return {sizes[0], sizes[1], sizes[2]};
  std::int64_t values = 1;
  for (const std::int64_t size : sizes) values *= size;
  return {1, 1, values, sizes};
}

std::vector<std::int64_t> InputSize::sizes() const {
  return other ? *other : std::vector<std::int64_t>{channels, height, width};
}

std::string sizes_text(const std::vector<std::int64_t>& sizes) {
  return sizes.empty() ? "a number" : fmt::format("{}", fmt::join(sizes, " x "));
}

Image resize(const Image& image, std::int64_t height, std::int64_t width) {
  ensure(height > 0 && width > 0, "an image is resized to at least one pixel");
  if (width == image.width && height == image.height) return image;
  if (width == image.width) return resize_columns(image, height);
  const Image narrow = resize_rows(image, width);
  return height == image.height ? narrow : resize_columns(narrow, height);
}

Image crop(const Image& image, const Box& box) {
  ensure(box.top >= 0 && box.left >= 0 && box.top + box.height <= image.height &&
             box.left + box.width <= image.width,
         "a crop lies in its image");
  Image part(image.channels, box.height, box.width);
  std::uint8_t* out = part.pixels.data();
  for (std::int64_t channel = 0; channel < image.channels; ++channel)
    for (std::int64_t row = 0; row < box.height; ++row) {
      const std::uint8_t* in = image.plane(channel) + (box.top + row) * image.width + box.left;
      out = std::copy(in, in + box.width, out);
    }
  return part;
}

Image fit(Image image, const InputSize& input) {
  image = with_channels(std::move(image), input.channels);
  if (image.height == input.height && image.width == input.width) return image;
  const Image resized =
      resize_shorter_side(image, before_crop(std::max(input.height, input.width)));
  return crop(resized, {centred(resized.height - input.height),
                        centred(resized.width - input.width), input.height, input.width});
}

}  // namespace bitloom::data
