#include <fmt/format.h>

#include "base/error.h"
#include "models/data/image_decoders.h"

namespace bitloom::data {
namespace {

/// PGM and PPM as netpbm's pages define them: P2 and P3 hold numbers as text, P5 and P6 as one byte
/// or, where the greatest value passes 255, two, the higher first.
class NetpbmDecoder {
 public:
  NetpbmDecoder(const std::string& path, const FileBytes& bytes) : path_(path), bytes_(bytes) {}

  Image decode() {
    const char kind = static_cast<char>(bytes_[1]);
    const bool is_text = kind == '2' || kind == '3';
    const std::int64_t channels = kind == '3' || kind == '6' ? 3 : 1;
    at_ = 2;
    constexpr std::int64_t kMostSide = 1 << 26;
    const std::int64_t width = number("width", 1, kMostSide);
    const std::int64_t height = number("height", 1, kMostSide);
    greatest_ = number("greatest value", 1, 65535);
    require_plausible_size(path_, width, height, bytes_.size());
    if (!is_text) take_one_space();
    Image image(3, height, width);
    for (std::int64_t i = 0; i < width * height; ++i) {
      std::uint8_t value = 0;
      for (std::int64_t c = 0; c < 3; ++c) {
        if (c < channels) value = scaled(is_text ? number("pixel", 0, greatest_) : binary());
        image.plane(c)[i] = value;
      }
    }
    require_nothing_left(is_text);
    return image;
  }

 private:
  UserError broken(const std::string& why) const {
    return UserError(fmt::format("{}: cannot be decoded as PGM or PPM: {}", path_, why));
  }

  static bool is_space(std::uint8_t byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

  /// Passes over spaces and comments.
  void skip_spaces() {
    while (at_ < bytes_.size() && (is_space(bytes_[at_]) || bytes_[at_] == '#')) {
      if (bytes_[at_] == '#')
        while (at_ < bytes_.size() && bytes_[at_] != '\n') ++at_;
      else
        ++at_;
    }
  }

  std::int64_t number(const char* what, std::int64_t min, std::int64_t max) {
    skip_spaces();
    if (at_ == bytes_.size()) throw broken("the file ends early");
    const std::size_t begin = at_;
    std::int64_t value = 0;
    while (at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9' && value <= max)
      value = 10 * value + (bytes_[at_++] - '0');
    if (at_ == begin || value < min || value > max)
      throw broken(
          fmt::format("byte {}: the {} must be a whole number in [{}, {}]", begin, what, min, max));
    return value;
  }

  void take_one_space() {
    if (at_ == bytes_.size()) throw broken("the file ends early");
    if (!is_space(bytes_[at_])) throw broken(fmt::format("byte {}: must be a space", at_));
    ++at_;
  }

  std::int64_t binary() {
    const std::size_t bytes = greatest_ > 255 ? 2 : 1;
    if (bytes_.size() - at_ < bytes) throw broken("the file ends early");
    std::int64_t value = bytes_[at_];
    if (bytes == 2) value = value << 8 | bytes_[at_ + 1];
    if (value > greatest_)
      throw broken(
          fmt::format("byte {}: {} is more than the greatest value, {}", at_, value, greatest_));
    at_ += bytes;
    return value;
  }

  /// Rounded to [0, 255], as PIL does.
  std::uint8_t scaled(std::int64_t value) const {
    return static_cast<std::uint8_t>((2 * value * 255 + greatest_) / (2 * greatest_));
  }

  void require_nothing_left(bool is_text) {
    if (is_text) skip_spaces();
    if (at_ != bytes_.size())
      throw broken(fmt::format("byte {}: {} bytes follow the picture", at_, bytes_.size() - at_));
  }

  const std::string& path_;
  const FileBytes& bytes_;
  std::size_t at_ = 0;
  std::int64_t greatest_ = 255;
};

}  // namespace

Image decode_netpbm(const std::string& path, const FileBytes& bytes) {
  return NetpbmDecoder(path, bytes).decode();
}

}  // namespace bitloom::data
