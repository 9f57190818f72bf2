#include "models/integer/operations.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "models/integer/windows.h"

namespace bitloom::integer {
namespace {

std::size_t pixels_of(const graph::Shape& shape) {
  return static_cast<std::size_t>(shape[1] * shape[2]);
}

/// What a channel of `channels` equal parts of `values` holds.
template <class Span>
Span channel_of(Span values, std::size_t channel, std::size_t channels) {
  const std::size_t each = values.size() / channels;
  return values.subspan(channel * each, each);
}

std::int32_t narrowed(std::int64_t value) { return static_cast<std::int32_t>(value); }

/// Combines the input under each window: rows into one row first, which fills vectors, then columns
/// of that. `value(x)` is what an input counts for, `combine(a, b)` joins two.
template <class Value, class Combine>
void slide(const Reaches& reaches, graph::Extent dilation, std::int64_t width, Values in,
           std::int32_t neutral, Value value, Combine combine, Results out) {
  std::vector<std::int32_t> combined(static_cast<std::size_t>(width));
  auto result = out.begin();
  for (const Reach& row : reaches.rows) {
    std::fill(combined.begin(), combined.end(), neutral);
    for (std::int64_t y = row.begin; y < row.end; y += dilation.height) {
      const std::int32_t* from = in.data() + y * width;
      for (std::size_t x = 0; x < combined.size(); ++x)
        combined[x] = combine(combined[x], value(from[x]));
    }
    for (const Reach& column : reaches.columns) {
      std::int32_t sum = neutral;
      for (std::int64_t x = column.begin; x < column.end; x += dilation.width)
        sum = combine(sum, combined[static_cast<std::size_t>(x)]);
      *result++ = sum;
    }
  }
}

}  // namespace

void quantize_image(const QuantizeImage& op, std::span<const float> pixels, Results out) {
  const double lowest = op.type.lowest();
  const double highest = op.type.highest();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (std::isnan(pixels[i])) throw UserError("an image has a pixel that is not a number (NaN)");
    out[i] = static_cast<std::int32_t>(
        std::clamp(std::floor(pixels[i] / op.scale + 0.5), lowest, highest));
  }
}

void multiply_add(const Affine& op, Results values) {
  for (std::size_t c = 0; c < op.offsets.size(); ++c)
    for (std::int32_t& value : channel_of(values, c, op.offsets.size()))
      value = op.multipliers[c] * value + op.offsets[c];
}

void limit(const Clamp& op, Results values) {
  for (std::size_t c = 0; c < op.highest.size(); ++c)
    for (std::int32_t& value : channel_of(values, c, op.highest.size()))
      value = std::max(0, std::min(value, op.highest[c]));
}

void add(Values in, const std::vector<Dyadic>& factors, bool is_first, Results out) {
  for (std::size_t c = 0; c < factors.size(); ++c) {
    const Dyadic factor = factors[c];
    const Values from = channel_of(in, c, factors.size());
    const Results to = channel_of(out, c, factors.size());
    for (std::size_t i = 0; i < from.size(); ++i)
      to[i] = (is_first ? 0 : to[i]) + narrowed(scaled(from[i], factor));
  }
}

void pool(const MaxPool& op, Values in, const graph::Shape& from, const graph::Shape& to,
          Results out) {
  const Reaches reaches = reaches_of(op.window, {from[1], from[2]}, {to[1], to[2]}, false);
  const auto channels = static_cast<std::size_t>(to[0]);
  for (std::size_t c = 0; c < channels; ++c)
    slide(
        reaches, op.window.dilation, from[2], channel_of(in, c, channels),
        std::numeric_limits<std::int32_t>::min(), [](std::int32_t value) { return value; },
        [](std::int32_t a, std::int32_t b) { return std::max(a, b); },
        channel_of(out, c, channels));
}

void pool(const AveragePool& op, Values in, const graph::Shape& from, const graph::Shape& to,
          Results out) {
  const Reaches reaches = reaches_of(op.window, {from[1], from[2]}, {to[1], to[2]}, false);
  const auto channels = static_cast<std::size_t>(to[0]);
  const std::int64_t half = op.shift == 0 ? 0 : std::int64_t{1} << (op.shift - 1);
  for (std::size_t c = 0; c < channels; ++c) {
    const Results sums = channel_of(out, c, channels);
    slide(
        reaches, op.window.dilation, from[2], channel_of(in, c, channels), 0,
        [&](std::int32_t value) { return narrowed((value + half) >> op.shift); },
        [](std::int32_t a, std::int32_t b) { return a + b; }, sums);
    for (std::size_t i = 0; i < op.factors.size(); ++i)
      sums[i] = narrowed(scaled(sums[i], op.factors[i]));
  }
}

void upsample(Values in, const graph::Shape& from, const graph::Shape& to, Results out) {
  const auto channels = static_cast<std::size_t>(to[0]);
  for (std::size_t c = 0; c < channels; ++c) {
    const Values source = channel_of(in, c, channels);
    auto result = channel_of(out, c, channels).begin();
    for (std::int64_t y = 0; y < to[1]; ++y)
      for (std::int64_t x = 0; x < to[2]; ++x)
        *result++ =
            source[static_cast<std::size_t>(y * from[1] / to[1] * from[2] + x * from[2] / to[2])];
  }
}

void subsample(const Subsample& op, Values in, const graph::Shape& from, const graph::Shape& to,
               Results out) {
  std::fill(out.begin(), out.end(), 0);
  const auto channels = static_cast<std::size_t>(from[0]);
  auto result = out.begin() + op.channels_before * static_cast<std::int64_t>(pixels_of(to));
  for (std::size_t c = 0; c < channels; ++c) {
    const Values source = channel_of(in, c, channels);
    for (std::int64_t y = 0; y < from[1]; y += op.stride)
      for (std::int64_t x = 0; x < from[2]; x += op.stride)
        *result++ = source[static_cast<std::size_t>(y * from[2] + x)];
  }
}

}  // namespace bitloom::integer
