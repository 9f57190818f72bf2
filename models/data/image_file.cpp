#include "models/data/image_file.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "models/data/image_decoders.h"

namespace bitloom::data {
namespace {

/// A kind of image file, told by its first bytes: `magic`, in which a `?` is any byte.
struct ImageFormat {
  std::string_view magic;
  Image (*decode)(const std::string& path, const FileBytes& bytes);
};

constexpr std::array kFormats{
    ImageFormat{"\xff\xd8", decode_jpeg},
    ImageFormat{"\x89PNG", decode_png},
    ImageFormat{"RIFF????WEBP", decode_webp},
    ImageFormat{"BM", decode_bmp},
    ImageFormat{std::string_view("II*\0", 4), decode_tiff},
    ImageFormat{std::string_view("MM\0*", 4), decode_tiff},
    ImageFormat{"P2", decode_netpbm},
    ImageFormat{"P3", decode_netpbm},
    ImageFormat{"P5", decode_netpbm},
    ImageFormat{"P6", decode_netpbm},
};

constexpr std::string_view kEndings[] = {".jpg", ".jpeg", ".png", ".webp", ".bmp",
                                         ".tif", ".tiff", ".ppm", ".pgm"};

bool begins_with(const FileBytes& bytes, std::string_view magic) {
  return bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin(), [](char wanted, std::uint8_t byte) {
           return wanted == '?' || static_cast<std::uint8_t>(wanted) == byte;
         });
}

}  // namespace

void require_plausible_size(const std::string& path, std::int64_t width, std::int64_t height,
                            std::size_t bytes) {
  constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;
  constexpr std::int64_t kMostPixelsOfAByte = 4096;  // a flat image's
  if (height > kMostPixels / width)
    throw UserError(
        fmt::format("{}: {} x {} pixels; at most {} are read", path, width, height, kMostPixels));
  if (width * height > kMostPixelsOfAByte * static_cast<std::int64_t>(bytes))
    throw UserError(fmt::format("{}: header announces {} x {} pixels, which {} bytes cannot hold",
                                path, width, height, bytes));
}

Image read_image(const std::string& path) {
  const FileBytes bytes = read_bytes(path, {.kinds = FileKinds::kRegularOnly});
  for (const ImageFormat& format : kFormats)
    if (begins_with(bytes, format.magic)) return format.decode(path, bytes);
  throw UserError(path + ": is no JPEG, PNG, WebP, BMP, TIFF, PGM or PPM");
}

bool is_image_name(const std::string& name) {
  std::string ending = name.substr(std::min(name.rfind('.'), name.size()));
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(std::begin(kEndings), std::end(kEndings), ending) != std::end(kEndings);
}

std::string image_endings() { return fmt::format("{}", fmt::join(kEndings, ", ")); }

}  // namespace bitloom::data
