#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/graph/window.h"
#include "models/integer/bit_matrix.h"

namespace bitloom::integer {

/// An image's codes as bit-planes, its padding included as clear bits, so that no window asks where
/// the border is: bit c of word (plane, c / 64, row, column) is a bit of channel c.
class BitImage {
 public:
  /// Packs `channels` x height x width codes of `type`, which is not bipolar.
  BitImage(std::span<const std::int32_t> codes, std::int64_t channels, graph::Extent extent,
           const graph::Padding& padding, CodeType type);

  std::int64_t channels() const { return channels_; }
  std::int64_t channel_words() const { return channel_words_; }
  std::int64_t width() const { return width_; }
  const CodeType& type() const { return type_; }
  const std::uint64_t* plane(int plane, std::int64_t channel_word) const {
    return words_.data() + (plane * channel_words_ + channel_word) * height_ * width_;
  }

 private:
  std::int64_t channels_;
  std::int64_t channel_words_;
  std::int64_t height_;  // padding included
  std::int64_t width_;
  CodeType type_;
  std::vector<std::uint64_t> words_;
};

/// im2col: row p holds the codes under the window of output pixel p, in order kernel row, kernel
/// column, channel.
BitMatrix patches(const BitImage& image, const graph::Window& window, graph::Extent output);

}  // namespace bitloom::integer
