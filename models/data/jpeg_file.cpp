#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>
// After jpeglib.h, which it belongs to.
#include <jerror.h>

#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/image_decoders.h"

namespace bitloom::data {
namespace {

/// libjpeg's error handler: errors and warnings of lost data jump out with their text.
struct JpegErrors {
  jpeg_error_mgr manager;  // first: libjpeg hands back its address
  std::jmp_buf escape;
  std::array<char, JMSG_LENGTH_MAX> text{};
};

void escape_with_text(j_common_ptr info) {
  auto* errors = reinterpret_cast<JpegErrors*>(info->err);
  errors->manager.format_message(info, errors->text.data());
  std::longjmp(errors->escape, 1);
}

void escape_where_data_is_lost(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC:
      escape_with_text(info);
      return;
    default:  // untidy, but all pixels are there
      return;
  }
}

/// round(a b / 255) for bytes.
int share_of_255(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

class JpegDecoder {
 public:
  JpegDecoder(const std::string& path, const FileBytes& bytes) : path_(path), bytes_(bytes) {
    info_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = escape_with_text;
    errors_.manager.emit_message = escape_where_data_is_lost;
    jpeg_create_decompress(&info_);
  }
  ~JpegDecoder() { jpeg_destroy_decompress(&info_); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  Image decode() {
    if (!begins()) throw broken();
    require_plausible_size(path_, info_.image_width, info_.image_height, bytes_.size());
    is_inverted_cmyk_ = info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
    image_ = Image(3, info_.image_height, info_.image_width);
    row_.resize(static_cast<std::size_t>((is_inverted_cmyk_ ? 4 : 3) * image_.width));
    if (!takes_all_rows()) throw broken();
    return std::move(image_);
  }

 private:
  // No object with a destructor may live in the two functions that libjpeg jumps out of.
  bool begins() {
    if (setjmp(errors_.escape) != 0) return false;
    jpeg_mem_src(&info_, bytes_.data(), static_cast<unsigned long>(bytes_.size()));
    jpeg_read_header(&info_, TRUE);
    return true;
  }

  bool takes_all_rows() {
    if (setjmp(errors_.escape) != 0) return false;
    info_.out_color_space = is_inverted_cmyk_ ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      const std::int64_t row = info_.output_scanline;
      JSAMPROW rows[] = {row_.data()};
      jpeg_read_scanlines(&info_, rows, 1);
      is_inverted_cmyk_ ? take_cmyk(row) : take_rgb(row);
    }
    jpeg_finish_decompress(&info_);
    return true;
  }

  void take_rgb(std::int64_t row) {
    for (std::int64_t channel = 0; channel < 3; ++channel) {
      std::uint8_t* plane = image_.plane(channel) + row * image_.width;
      const JSAMPLE* from = row_.data() + channel;
      for (std::int64_t i = 0; i < image_.width; ++i, from += 3) plane[i] = *from;
    }
  }

  void take_cmyk(std::int64_t row) {
    for (std::int64_t channel = 0; channel < 3; ++channel) {
      std::uint8_t* plane = image_.plane(channel) + row * image_.width;
      const JSAMPLE* inks = row_.data();
      for (std::int64_t i = 0; i < image_.width; ++i, inks += 4) {
        const int paper = inks[3];  // 255 - K
        plane[i] = static_cast<std::uint8_t>(paper - share_of_255(255 - inks[channel], paper));
      }
    }
  }

  UserError broken() const {
    return UserError(fmt::format("{}: cannot be decoded as JPEG: {}", path_, errors_.text.data()));
  }

  const std::string& path_;
  const FileBytes& bytes_;
  jpeg_decompress_struct info_{};
  JpegErrors errors_{};
  Image image_;
  bool is_inverted_cmyk_ = false;
  std::vector<JSAMPLE> row_;
};

}  // namespace

Image decode_jpeg(const std::string& path, const FileBytes& bytes) {
  return JpegDecoder(path, bytes).decode();
}

}  // namespace bitloom::data
