#include "models/data/image_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "models/data/image_decoders.h"

namespace bitloom::data {
namespace {

bool begins_with(const FileBytes& bytes, std::initializer_list<std::uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

}  // namespace

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

Image read_image(const std::string& path) {
  const FileBytes bytes = read_bytes(path, {.kinds = FileKinds::kRegularOnly});
  if (begins_with(bytes, {0xff, 0xd8})) return decode_jpeg(path, bytes);
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
