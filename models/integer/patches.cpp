#include "models/integer/patches.h"

#include <algorithm>

#include "base/error.h"
#include "base/quantity.h"

namespace bitloom::integer {
namespace {

/// Codes of up to 64 channels of one image row, and the first of their words: plane i stands
/// plane_stride * i further.
struct RowOfCodes {
  const std::int32_t* codes;
  std::int64_t channel_stride;
  int channels;
  std::uint64_t* words;
  std::int64_t plane_stride;
};

/// Bit `plane` of `channels` <= 32 codes of each pixel. Fixed pixels and 32-bit results fill
/// vectors.
template <int Pixels>
void gather_bits(const std::int32_t (*codes)[Pixels], int channels, int plane,
                 std::uint32_t (&bits)[Pixels]) {
  for (int channel = 0; channel < channels; ++channel)
    for (int pixel = 0; pixel < Pixels; ++pixel)
      bits[pixel] |= (static_cast<std::uint32_t>(codes[channel][pixel]) >> plane & 1) << channel;
}

/// Packs `Pixels` pixels from `first` on. Their codes are copied out once: channels are often a
/// power of two apart in memory, and would push each other out of the cache from plane to plane.
template <int Pixels>
void pack_pixels(const RowOfCodes& row, int planes, std::int64_t first) {
  std::int32_t codes[64][Pixels];
  for (int channel = 0; channel < row.channels; ++channel)
    std::copy_n(row.codes + channel * row.channel_stride + first, Pixels, codes[channel]);
  for (int plane = 0; plane < planes; ++plane) {
    std::uint32_t low[Pixels] = {};
    std::uint32_t high[Pixels] = {};
    gather_bits(codes, std::min(row.channels, 32), plane, low);
    if (row.channels > 32) gather_bits(codes + 32, row.channels - 32, plane, high);
    std::uint64_t* words = row.words + plane * row.plane_stride + first;
    for (int pixel = 0; pixel < Pixels; ++pixel)
      words[pixel] = std::uint64_t{high[pixel]} << 32 | low[pixel];
  }
}

/// Neighbouring output pixels of one output row in one panel.
struct Run {
  int first_lane;
  int lanes;
  std::int64_t source;  // the first one's window begins here in the padded image
};

/// The runs of output pixels 8 * panel to 8 * panel + 7.
std::vector<Run> runs_of_panel(std::int64_t panel, std::int64_t width, graph::Extent stride,
                               graph::Extent output) {
  std::vector<Run> runs;
  const std::int64_t end = std::min((panel + 1) * kLanes, output.height * output.width);
  for (std::int64_t pixel = panel * kLanes; pixel < end;) {
    const std::int64_t row = pixel / output.width;
    const std::int64_t column = pixel % output.width;
    const std::int64_t count = std::min(end - pixel, output.width - column);
    runs.push_back({static_cast<int>(pixel % kLanes), static_cast<int>(count),
                    row * stride.height * width + column * stride.width});
    pixel += count;
  }
  return runs;
}

/// Takes source words, shifted left or right by `bits`, into a line of a matrix.
template <bool Left>
void merge(const std::vector<Run>& runs, const std::uint64_t* source, std::int64_t step, int bits,
           std::uint64_t* line) {
  const auto take = [&](const std::uint64_t* from, std::int64_t stride, int lanes,
                        std::uint64_t* to) {
    for (int lane = 0; lane < lanes; ++lane)
      to[lane] |= Left ? from[lane * stride] << bits : from[lane * stride] >> bits;
  };
  if (runs[0].lanes == kLanes && step == 1) return take(source + runs[0].source, 1, kLanes, line);
  for (const Run& run : runs) take(source + run.source, step, run.lanes, line + run.first_lane);
}

/// Where a group of up to 64 channels of one kernel position lies in the image and in a matrix row.
struct Tap {
  std::int64_t offset;
  std::int64_t channel_word;
  std::int64_t first_column;
  int columns;
};

std::vector<Tap> taps_of(const BitImage& image, const graph::Window& window) {
  std::vector<Tap> taps;
  std::int64_t column = 0;
  for (std::int64_t y = 0; y < window.kernel.height; ++y)
    for (std::int64_t x = 0; x < window.kernel.width; ++x)
      for (std::int64_t word = 0; word < image.channel_words(); ++word) {
        const auto columns =
            static_cast<int>(std::min<std::int64_t>(64, image.channels() - word * 64));
        taps.push_back({y * window.dilation.height * image.width() + x * window.dilation.width,
                        word, column, columns});
        column += columns;
      }
  return taps;
}

}  // namespace

BitImage::BitImage(std::span<const std::int32_t> codes, std::int64_t channels, graph::Extent extent,
                   const graph::Padding& padding, CodeType type)
    : channels_(channels),
      channel_words_(ceil_div(channels, 64)),
      height_(extent.height + padding.top + padding.bottom),
      width_(extent.width + padding.left + padding.right),
      type_(type),
      words_(static_cast<std::size_t>(type.bits * channel_words_ * height_ * width_)) {
  ensure_valid(type);
  ensure(type.encoding != Encoding::kBipolar, "padding is zero, which is no bipolar code");
  const std::int64_t area = extent.height * extent.width;
  ensure(static_cast<std::int64_t>(codes.size()) == channels * area,
         "codes to pack are channels x height x width");
  ensure_codes(codes, type);
  for (std::int64_t word = 0; word < channel_words_; ++word)
    for (std::int64_t y = 0; y < extent.height; ++y) {
      const RowOfCodes row{
          codes.data() + word * 64 * area + y * extent.width, area,
          static_cast<int>(std::min<std::int64_t>(64, channels - word * 64)),
          words_.data() + (word * height_ + padding.top + y) * width_ + padding.left,
          channel_words_ * height_ * width_};
      std::int64_t x = 0;
      for (; x + kLanes <= extent.width; x += kLanes) pack_pixels<kLanes>(row, type.bits, x);
      for (; x < extent.width; ++x) pack_pixels<1>(row, type.bits, x);
    }
}

BitMatrix patches(const BitImage& image, const graph::Window& window, graph::Extent output) {
  const std::int64_t pixels = output.height * output.width;
  const std::int64_t step = window.stride.width;
  const std::vector<Tap> taps = taps_of(image, window);
  BitMatrix matrix(pixels, taps.back().first_column + taps.back().columns, image.type());
  for (std::int64_t panel = 0; panel < ceil_div(pixels, kLanes); ++panel) {
    const std::vector<Run> runs = runs_of_panel(panel, image.width(), window.stride, output);
    for (const Tap& tap : taps) {
      const std::int64_t word = tap.first_column / 64;
      const int bit = static_cast<int>(tap.first_column % 64);
      for (int plane = 0; plane < image.type().bits; ++plane) {
        const std::uint64_t* source = image.plane(plane, tap.channel_word) + tap.offset;
        merge<true>(runs, source, step, bit, matrix.line(panel, plane, word));
        if (bit + tap.columns > 64)
          merge<false>(runs, source, step, 64 - bit, matrix.line(panel, plane, word + 1));
      }
    }
  }
  return matrix;
}

}  // namespace bitloom::integer
