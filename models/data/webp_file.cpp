#include <string_view>

#include <fmt/format.h>
#include <webp/decode.h>

#include "base/error.h"
#include "models/data/image_decoders.h"
#include "models/data/pixel_layout.h"

namespace bitloom::data {
namespace {

std::string_view webp_fault(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return "the file ends early";
    case VP8_STATUS_OUT_OF_MEMORY:
      return "there is no memory for it";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "it has a feature that libwebp does not know";
    default:
      return "its data are damaged";
  }
}

}  // namespace

Image decode_webp(const std::string& path, const FileBytes& bytes) {
  const auto broken = [&](VP8StatusCode status) {
    return UserError(fmt::format("{}: cannot be decoded as WebP: {}", path, webp_fault(status)));
  };
  WebPDecoderConfig config;
  ensure(WebPInitDecoderConfig(&config) != 0, "libwebp is the version of its header");
  const VP8StatusCode begun = WebPGetFeatures(bytes.data(), bytes.size(), &config.input);
  if (begun != VP8_STATUS_OK) throw broken(begun);
  if (config.input.has_animation)
    throw UserError(path + ": is an animated WebP; a single picture would be right");
  const PixelLayout layout{3, config.input.height, config.input.width, true};
  require_plausible_size(path, layout.width, layout.height, bytes.size());
  FileBytes pixels(static_cast<std::size_t>(3 * layout.width * layout.height));
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {pixels.data(), static_cast<int>(3 * layout.width), pixels.size()};
  const VP8StatusCode status = WebPDecode(bytes.data(), bytes.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) throw broken(status);
  return image_of_bytes(pixels.data(), layout);
}

}  // namespace bitloom::data
