#include "models/data/image_file.h"

#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>
// After jpeglib.h, which it belongs to.
#include <jerror.h>
#include <png.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"

namespace bitloom::data {
namespace {

/// Decoders allocate by the size that a header announces: more than the file can hold is refused.
void require_plausible_size(const std::string& path, std::int64_t width, std::int64_t height,
                            std::size_t bytes) {
  constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;
  constexpr std::int64_t kMostPixelsOfAByte = 4096;  // a flat image's
  if (width * height > kMostPixels)
    throw UserError(
        fmt::format("{}: {} x {} pixels; at most {} are read", path, width, height, kMostPixels));
  if (width * height > kMostPixelsOfAByte * static_cast<std::int64_t>(bytes))
    throw UserError(fmt::format("{}: header announces {} x {} pixels, which {} bytes cannot hold",
                                path, width, height, bytes));
}

/// From interleaved pixels of `stride` channels to three planes.
void separate(const std::uint8_t* pixels, std::int64_t count, std::int64_t stride, Image& image,
              std::int64_t first) {
  for (std::int64_t channel = 0; channel < 3; ++channel) {
    std::uint8_t* plane = image.plane(channel) + first;
    for (std::int64_t i = 0; i < count; ++i) plane[i] = pixels[i * stride + channel];
  }
}

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
    if (info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK)
      throw UserError(path_ + ": is a CMYK JPEG; RGB or grey would be right");
    image_ = Image(3, info_.image_height, info_.image_width);
    row_.resize(static_cast<std::size_t>(3 * image_.width));
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
    info_.out_color_space = JCS_RGB;
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      const std::int64_t row = info_.output_scanline;
      JSAMPROW rows[] = {row_.data()};
      jpeg_read_scanlines(&info_, rows, 1);
      separate(row_.data(), image_.width, 3, image_, row * image_.width);
    }
    jpeg_finish_decompress(&info_);
    return true;
  }

  UserError broken() const {
    return UserError(fmt::format("{}: cannot be decoded as JPEG: {}", path_, errors_.text.data()));
  }

  const std::string& path_;
  const FileBytes& bytes_;
  jpeg_decompress_struct info_{};
  JpegErrors errors_{};
  Image image_;
  std::vector<JSAMPLE> row_;
};

Image decode_png(const std::string& path, const FileBytes& bytes) {
  struct Frees {
    png_image info{};
    ~Frees() { png_image_free(&info); }
  } png;
  png.info.version = PNG_IMAGE_VERSION;
  const auto broken = [&] {
    return UserError(fmt::format("{}: cannot be decoded as PNG: {}", path, png.info.message));
  };
  if (!png_image_begin_read_from_memory(&png.info, bytes.data(), bytes.size())) throw broken();
  const std::int64_t width = png.info.width, height = png.info.height;
  require_plausible_size(path, width, height, bytes.size());
  png.info.format = PNG_FORMAT_RGBA;  // without alpha, libpng would blend with black
  FileBytes pixels(PNG_IMAGE_SIZE(png.info));
  if (!png_image_finish_read(&png.info, nullptr, pixels.data(), 0, nullptr)) throw broken();
  Image image(3, height, width);
  separate(pixels.data(), width * height, 4, image, 0);
  return image;
}

bool begins_with(const FileBytes& bytes, std::initializer_list<std::uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

}  // namespace

Image read_image(const std::string& path) {
  const FileBytes bytes = read_bytes(path, {.kinds = FileKinds::kRegularOnly});
  if (begins_with(bytes, {0xff, 0xd8})) return JpegDecoder(path, bytes).decode();
  if (begins_with(bytes, {0x89, 'P', 'N', 'G'})) return decode_png(path, bytes);
  throw UserError(path + ": is neither JPEG nor PNG");
}

bool is_image_name(const std::string& name) {
  std::string ending = name.substr(std::min(name.rfind('.'), name.size()));
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png";
}

}  // namespace bitloom::data
