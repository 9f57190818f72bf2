#include <csetjmp>

#include <png.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/image_decoders.h"

namespace bitloom::data {
namespace {

class PngDecoder {
 public:
  PngDecoder(const std::string& path, const FileBytes& bytes) : path_(path), bytes_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, escape_with_text, [](auto, auto) {});
    info_ = png_ ? png_create_info_struct(png_) : nullptr;
    if (!info_) throw UserError(path + ": no memory to decode it", UserError::Kind::kResource);
  }
  ~PngDecoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;

  Image decode() {
    if (!begins()) throw broken();
    const std::int64_t width = png_get_image_width(png_, info_);
    const std::int64_t height = png_get_image_height(png_, info_);
    require_plausible_size(path_, width, height, bytes_.size());
    pixels_.resize(static_cast<std::size_t>(3 * width * height));
    for (std::int64_t row = 0; row < height; ++row) rows_.push_back(&pixels_[3 * width * row]);
    if (!takes_all_rows()) throw broken();
    Image image(3, height, width);
    for (std::int64_t channel = 0; channel < 3; ++channel) {
      const std::uint8_t* from = pixels_.data() + channel;
      std::uint8_t* plane = image.plane(channel);
      for (std::int64_t i = 0; i < width * height; ++i, from += 3) plane[i] = *from;
    }
    return image;
  }

 private:
  // No object with a destructor may live in the functions that libpng jumps out of.
  bool begins() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_read_fn(png_, this, hand_over);
    png_read_info(png_, info_);
    return true;
  }

  bool takes_all_rows() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_strip_16(png_);
    png_set_expand(png_);
    png_set_gray_to_rgb(png_);
    png_set_strip_alpha(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    png_read_image(png_, rows_.data());
    png_read_end(png_, nullptr);
    return true;
  }

  static void hand_over(png_structp png, png_bytep to, std::size_t count) {
    auto& decoder = *static_cast<PngDecoder*>(png_get_io_ptr(png));
    if (count > decoder.bytes_.size() - decoder.read_) png_error(png, "the file ends early");
    std::copy_n(decoder.bytes_.data() + decoder.read_, count, to);
    decoder.read_ += count;
  }

  static void escape_with_text(png_structp png, png_const_charp text) {
    static_cast<PngDecoder*>(png_get_error_ptr(png))->text_ = text;
    png_longjmp(png, 1);
  }

  UserError broken() const {
    return UserError(fmt::format("{}: cannot be decoded as PNG: {}", path_, text_));
  }

  const std::string& path_;
  const FileBytes& bytes_;
  std::size_t read_ = 0;
  png_structp png_;
  png_infop info_;
  std::string text_;
  std::vector<std::uint8_t> pixels_;
  std::vector<png_bytep> rows_;
};

}  // namespace

Image decode_png(const std::string& path, const FileBytes& bytes) {
  return PngDecoder(path, bytes).decode();
}

}  // namespace bitloom::data
