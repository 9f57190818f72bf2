#include "models/data/augmentation.h"

#include <algorithm>
#include <cmath>

#include "base/counter_random.h"

namespace bitloom::data {
namespace {

std::int64_t draw_below(CounterRandom& random, std::int64_t bound) {
  return random.below(static_cast<std::uint32_t>(bound));
}

Image mirrored(Image image) {
  for (auto row = image.pixels.begin(); row != image.pixels.end(); row += image.width)
    std::reverse(row, row + image.width);
  return image;
}

/// `image` moved by `down` and `right` pixels, black where nothing comes from.
Image moved(const Image& image, std::int64_t down, std::int64_t right) {
  Image out(image.channels, image.height, image.width);
  const std::int64_t height = image.height - std::abs(down), width = image.width - std::abs(right);
  for (std::int64_t channel = 0; channel < image.channels; ++channel)
    for (std::int64_t row = 0; row < height; ++row) {
      const std::uint8_t* in = image.plane(channel) +
                               (row + std::max<std::int64_t>(-down, 0)) * image.width +
                               std::max<std::int64_t>(-right, 0);
      std::copy(in, in + width,
                out.plane(channel) + (row + std::max<std::int64_t>(down, 0)) * image.width +
                    std::max<std::int64_t>(right, 0));
    }
  return out;
}

Image pad_crop(CounterRandom& random, Image image, const InputSize& input) {
  constexpr std::int64_t kPad = 4;
  const Image whole = fit(std::move(image), input);
  const std::int64_t most = std::min({kPad, input.height - 1, input.width - 1});
  const std::int64_t down = draw_below(random, 2 * most + 1) - most;
  const std::int64_t right = draw_below(random, 2 * most + 1) - most;
  return moved(whole, down, right);
}

/// A box of 8 to 100 % of the area, its aspect between 3/4 and 4/3; the centred square where ten do
/// not lie in the image.
Box draw_box(CounterRandom& random, const Image& image) {
  const auto area = static_cast<float>(image.height * image.width);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const float part = area * random.between(0.08f, 1.0f);
    const float ratio = random.between(1.0f, 4.0f / 3.0f);
    const auto longer = static_cast<std::int64_t>(std::sqrt(part * ratio) + 0.5f);
    const auto shorter = static_cast<std::int64_t>(std::sqrt(part / ratio) + 0.5f);
    const bool is_wide = random.below(2) == 0;
    const std::int64_t height = is_wide ? shorter : longer, width = is_wide ? longer : shorter;
    if (height < 1 || width < 1 || height > image.height || width > image.width) continue;
    const std::int64_t top = draw_below(random, image.height - height + 1);
    return {top, draw_below(random, image.width - width + 1), height, width};
  }
  const std::int64_t side = std::min(image.height, image.width);
  return {(image.height - side) / 2, (image.width - side) / 2, side, side};
}

Image resized_crop(CounterRandom& random, const Image& image, const InputSize& input) {
  const Image part = crop(image, draw_box(random, image));
  return fit(resize(part, input.height, input.width), input);
}

}  // namespace

Augmentation usual_augmentation(const InputSize& input) {
  if (!input.is_image()) return Augmentation::kNone;
  return std::max(input.height, input.width) <= 64 ? Augmentation::kPadCropFlip
                                                   : Augmentation::kRandomResizedCrop;
}

Image augment(Image image, Augmentation augmentation, const InputSize& input, std::uint64_t seed,
              std::int64_t epoch, std::int64_t index) {
  if (augmentation == Augmentation::kNone) return fit(std::move(image), input);
  constexpr std::uint64_t kStream = 0xa063;  // apart from the shuffles and scenes of the same seed
  CounterRandom random{kStream, seed, static_cast<std::uint64_t>(epoch),
                       static_cast<std::uint64_t>(index)};
  const bool mirrors = random.below(2) == 1;
  image = augmentation == Augmentation::kPadCropFlip ? pad_crop(random, std::move(image), input)
                                                     : resized_crop(random, image, input);
  return mirrors ? mirrored(std::move(image)) : image;
}

}  // namespace bitloom::data
