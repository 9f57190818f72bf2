#include "tests/data/image_files.h"

#include <cstdio>
#include <stdexcept>
#include <vector>

#include <jpeglib.h>
#include <png.h>

namespace bitloom::testing {
namespace {

std::vector<std::uint8_t> interleaved(const data::Image& image) {
  std::vector<std::uint8_t> pixels;
  for (std::int64_t i = 0; i < image.height * image.width; ++i)
    for (std::int64_t c = 0; c < image.channels; ++c) pixels.push_back(image.plane(c)[i]);
  return pixels;
}

}  // namespace

void write_jpeg(const std::string& path, const data::Image& image) {
  std::vector<std::uint8_t> pixels = interleaved(image);
  jpeg_error_mgr errors;
  jpeg_compress_struct info;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (!file) throw std::runtime_error("cannot write " + path);
  jpeg_stdio_dest(&info, file);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  info.input_components = static_cast<int>(image.channels);
  info.in_color_space = image.channels == 1   ? JCS_GRAYSCALE
                        : image.channels == 3 ? JCS_RGB
                                              : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 95, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = pixels.data() + info.next_scanline * image.width * image.channels;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::fclose(file);
}

void write_png(const std::string& path, const data::Image& image) {
  const std::vector<std::uint8_t> pixels = interleaved(image);
  png_image info{};
  info.version = PNG_IMAGE_VERSION;
  info.width = static_cast<png_uint_32>(image.width);
  info.height = static_cast<png_uint_32>(image.height);
  info.format = image.channels == 1   ? PNG_FORMAT_GRAY
                : image.channels == 3 ? PNG_FORMAT_RGB
                                      : PNG_FORMAT_RGBA;
  if (!png_image_write_to_file(&info, path.c_str(), 0, pixels.data(), 0, nullptr))
    throw std::runtime_error("cannot write " + path);
}

void write_png(const std::string& path, const data::Image& image, const PngForm& form) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (!file) throw std::runtime_error("cannot write " + path);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.width),
               static_cast<png_uint_32>(image.height), form.bits,
               image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (form.gamma) png_set_gAMA(png, info, *form.gamma);
  if (form.has_srgb_chunk) png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_write_info(png, info);
  std::vector<std::uint8_t> samples;
  for (const std::uint8_t sample : interleaved(image))
    for (int bits = 0; bits < form.bits; bits += 8) samples.push_back(sample);
  const std::size_t row_bytes = samples.size() / static_cast<std::size_t>(image.height);
  for (std::int64_t row = 0; row < image.height; ++row)
    png_write_row(png, samples.data() + static_cast<std::size_t>(row) * row_bytes);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
}

}  // namespace bitloom::testing
