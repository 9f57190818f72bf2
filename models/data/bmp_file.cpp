#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/image_decoders.h"

namespace bitloom::data {
namespace {

constexpr std::size_t kFileHeader = 14;
constexpr std::uint32_t kPlainHeader = 40;  // BITMAPINFOHEADER; later ones are longer
constexpr std::uint32_t kUncompressed = 0, kMasks = 3;

/// Windows' bitmaps without compression: 1, 4 or 8 bits into a palette, 24 or 32 of blue, green and
/// red, rows from the bottom up, or from the top down where the height is negative.
class BmpDecoder {
 public:
  BmpDecoder(const std::string& path, const FileBytes& bytes) : path_(path), bytes_(bytes) {}

  Image decode() {
    take_header();
    const std::size_t row_bytes = (static_cast<std::size_t>(width_) * bits_ + 31) / 32 * 4;
    const std::size_t begin = word(10);
    if (begin > bytes_.size() ||
        (bytes_.size() - begin) / row_bytes < static_cast<std::size_t>(height_))
      throw UserError(fmt::format("{}: header announces {} x {} pixels, which {} bytes cannot hold",
                                  path_, width_, height_, bytes_.size()));
    require_plausible_size(path_, width_, height_, bytes_.size());
    take_palette(begin);
    Image image(3, height_, width_);
    for (std::int64_t y = 0; y < height_; ++y) {
      const std::int64_t row = is_top_down_ ? y : height_ - 1 - y;
      take_row(bytes_.data() + begin + static_cast<std::size_t>(y) * row_bytes, row, image);
    }
    return image;
  }

 private:
  UserError broken(const std::string& why) const {
    return UserError(fmt::format("{}: cannot be decoded as BMP: {}", path_, why));
  }

  /// The little-endian 32 bits at byte `at`.
  std::uint32_t word(std::size_t at) const {
    if (at + 4 > bytes_.size()) throw broken("the file ends in its header");
    return std::uint32_t{bytes_[at]} | std::uint32_t{bytes_[at + 1]} << 8 |
           std::uint32_t{bytes_[at + 2]} << 16 | std::uint32_t{bytes_[at + 3]} << 24;
  }

  void take_header() {
    if (header_bytes() < kPlainHeader)
      throw broken(fmt::format("its header has {} bytes; {} or more are read", header_bytes(),
                               kPlainHeader));
    const auto width = static_cast<std::int32_t>(word(18));
    const auto height = static_cast<std::int32_t>(word(22));
    if (width <= 0 || height == 0) throw broken("it has no pixels");
    width_ = width;
    height_ = height < 0 ? -std::int64_t{height} : height;
    is_top_down_ = height < 0;
    bits_ = word(26) >> 16;
    const std::uint32_t compression = word(30);
    const bool has_usual_masks = compression == kMasks && bits_ == 32 && word(54) == 0xff0000 &&
                                 word(58) == 0xff00 && word(62) == 0xff;
    if (compression != kUncompressed && !has_usual_masks)
      throw broken(fmt::format("its compression {} of {} bits is not read; save it without",
                               compression, bits_));
    if (bits_ != 1 && bits_ != 4 && bits_ != 8 && bits_ != 24 && bits_ != 32)
      throw broken(fmt::format("it has {} bits a pixel; 1, 4, 8, 24 and 32 are read", bits_));
  }

  std::uint32_t header_bytes() const { return word(kFileHeader); }

  void take_palette(std::size_t end) {
    if (bits_ > 8) return;
    const std::size_t used = word(46), begin = kFileHeader + header_bytes();
    const std::size_t colours = used == 0 ? std::size_t{1} << bits_ : used;
    if (colours > std::size_t{1} << bits_ || begin + 4 * colours > end)
      throw broken(fmt::format("a palette of {} colours does not fit", colours));
    for (std::size_t i = 0; i < colours; ++i) {
      const std::uint8_t* at = bytes_.data() + begin + 4 * i;
      palette_.push_back({at[2], at[1], at[0]});
    }
  }

  void take_row(const std::uint8_t* from, std::int64_t row, Image& image) const {
    for (std::int64_t x = 0; x < width_; ++x) {
      std::array<std::uint8_t, 3> colour{};
      if (bits_ > 8) {
        const std::uint8_t* pixel = from + static_cast<std::size_t>(x) * bits_ / 8;
        colour = {pixel[2], pixel[1], pixel[0]};
      } else {
        const std::size_t bit = static_cast<std::size_t>(x) * bits_;
        const std::size_t index = from[bit / 8] >> (8 - bits_ - bit % 8) & ((1U << bits_) - 1);
        if (index >= palette_.size())
          throw broken(fmt::format("row {}, column {}: colour {} of a palette of {}", row, x, index,
                                   palette_.size()));
        colour = palette_[index];
      }
      for (std::size_t c = 0; c < 3; ++c)
        image.plane(static_cast<std::int64_t>(c))[row * width_ + x] = colour[c];
    }
  }

  const std::string& path_;
  const FileBytes& bytes_;
  std::int64_t width_ = 0, height_ = 0;
  std::uint32_t bits_ = 0;
  bool is_top_down_ = false;
  std::vector<std::array<std::uint8_t, 3>> palette_;
};

}  // namespace

Image decode_bmp(const std::string& path, const FileBytes& bytes) {
  return BmpDecoder(path, bytes).decode();
}

}  // namespace bitloom::data
