#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/image_decoders.h"

namespace bitloom::data {
namespace {

/// A TIFF file in memory, as libtiff reads one, and the first of what it complains of.
struct TiffBytes {
  const FileBytes& bytes;
  toff_t at = 0;
  std::string complaint = {};
};

TiffBytes& bytes_of(thandle_t handle) { return *static_cast<TiffBytes*>(handle); }

tmsize_t read_tiff(thandle_t handle, void* to, tmsize_t wanted) {
  TiffBytes& file = bytes_of(handle);
  const toff_t left = file.bytes.size() - std::min<toff_t>(file.at, file.bytes.size());
  const toff_t count = std::min<toff_t>(left, static_cast<toff_t>(wanted));
  std::copy_n(file.bytes.data() + std::min<toff_t>(file.at, file.bytes.size()), count,
              static_cast<std::uint8_t*>(to));
  file.at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_nothing(thandle_t, void*, tmsize_t) { return -1; }

toff_t seek_tiff(thandle_t handle, toff_t offset, int from) {
  TiffBytes& file = bytes_of(handle);
  if (from == SEEK_CUR) offset += file.at;
  if (from == SEEK_END) offset += file.bytes.size();
  return file.at = offset;
}

int close_nothing(thandle_t) { return 0; }

toff_t tiff_size(thandle_t handle) { return bytes_of(handle).bytes.size(); }

int keep_complaint(TIFF*, void* file, const char*, const char* format, std::va_list arguments) {
  std::array<char, 256> text{};
  std::vsnprintf(text.data(), text.size(), format, arguments);
  std::string& complaint = static_cast<TiffBytes*>(file)->complaint;
  if (complaint.empty()) complaint = text.data();
  return 1;
}

int say_nothing(TIFF*, void*, const char*, const char*, std::va_list) { return 1; }

using OpenTiff = std::unique_ptr<TIFF, void (*)(TIFF*)>;

OpenTiff open_tiff(TiffBytes& file) {
  constexpr tmsize_t kMostAtOnce = tmsize_t{1} << 30;
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                             TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_complaint, &file);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), say_nothing, nullptr);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMostAtOnce);
  // m: not mapped, as it is in memory.
  return {TIFFClientOpenExt("", "rm", &file, read_tiff, write_nothing, seek_tiff, close_nothing,
                            tiff_size, nullptr, nullptr, options.get()),
          TIFFClose};
}

/// A complaint of what a picture is that is not read, or empty.
std::string unreadable(TIFF* tiff) {
  std::uint16_t extras = 0, *kinds = nullptr;
  if (TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extras, &kinds) == 1 && extras > 0)
    return "has transparency or other samples beside its colours; save it without";
  if (TIFFLastDirectory(tiff) == 0) return "holds several pictures; one would be right";
  return "";
}

}  // namespace

Image decode_tiff(const std::string& path, const FileBytes& bytes) {
  TiffBytes file{bytes};
  const auto broken = [&](const std::string& why) {
    return UserError(fmt::format("{}: cannot be decoded as TIFF: {}", path,
                                 file.complaint.empty() ? why : file.complaint));
  };
  const OpenTiff tiff = open_tiff(file);
  if (!tiff) throw broken("its header is damaged");
  std::uint32_t width = 0, height = 0;
  TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height);
  if (width == 0 || height == 0) throw broken("it has no pixels");
  if (const std::string why = unreadable(tiff.get()); !why.empty())
    throw UserError(path + ": " + why);
  require_plausible_size(path, width, height, bytes.size());
  std::array<char, 1024> why{};
  if (TIFFRGBAImageOK(tiff.get(), why.data()) == 0) throw broken(why.data());
  std::vector<std::uint32_t> pixels(static_cast<std::size_t>(width) * height);
  if (TIFFReadRGBAImageOriented(tiff.get(), width, height, pixels.data(), ORIENTATION_TOPLEFT, 1) ==
          0 ||
      !file.complaint.empty())
    throw broken("its data are damaged");
  Image image(3, height, width);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    image.plane(0)[i] = static_cast<std::uint8_t>(TIFFGetR(pixels[i]));
    image.plane(1)[i] = static_cast<std::uint8_t>(TIFFGetG(pixels[i]));
    image.plane(2)[i] = static_cast<std::uint8_t>(TIFFGetB(pixels[i]));
  }
  return image;
}

}  // namespace bitloom::data
