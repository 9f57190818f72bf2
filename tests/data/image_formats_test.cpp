// WebP, TIFF, BMP, PGM and PPM.
#include <gtest/gtest.h>

#include <random>

#include <tiffio.h>
#include <webp/encode.h>

#include "models/data/image_file.h"
#include "tests/data/image_files.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::data {
namespace {

using testing::complaint;
using testing::image_of;

Image smooth_image(std::int64_t channels = 3) {
  return image_of(channels, 5, 7, [](auto c, auto y, auto x) { return 40 * c + 20 * y + 3 * x; });
}

/// Pixels one after another, each of its channels in `order`.
std::string by_pixel(const Image& image, const std::vector<std::int64_t>& order) {
  std::string bytes;
  for (std::int64_t i = 0; i < image.height * image.width; ++i)
    for (const std::int64_t c : order) bytes += static_cast<char>(image.plane(c)[i]);
  return bytes;
}

std::string little_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, value >>= 8) text += static_cast<char>(value & 0xff);
  return text;
}

/// A bitmap of rows from the bottom up, each already as long as a multiple of 4 bytes.
std::string bmp(int width, int height, int bits, const std::string& palette,
                const std::string& rows, std::uint32_t compression = 0) {
  const auto begin = static_cast<std::uint32_t>(54 + palette.size());
  return "BM" + little_endian(0, 8) + little_endian(begin, 4) + little_endian(40, 4) +
         little_endian(static_cast<std::uint32_t>(width), 4) +
         little_endian(static_cast<std::uint32_t>(height), 4) + little_endian(1, 2) +
         little_endian(static_cast<std::uint32_t>(bits), 2) + little_endian(compression, 4) +
         little_endian(0, 20) + palette + rows;
}

class ImageFormats : public ::testing::Test {
 protected:
  Image read(const std::string& bytes) const { return read_image(folder_.write("a", bytes)); }
  /// What is told of the bytes; nothing else may reach standard error.
  std::string mistake(const std::string& bytes) const {
    ::testing::internal::CaptureStderr();
    const std::string told = complaint([&] { read(bytes); });
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
    return testing::without(told, folder_.path().string() + "/");
  }
  std::string webp() const {
    const std::string pixels = by_pixel(smooth_image(), {0, 1, 2});
    std::uint8_t* out = nullptr;
    const std::size_t size = WebPEncodeLosslessRGB(
        reinterpret_cast<const std::uint8_t*>(pixels.data()), 7, 5, 3 * 7, &out);
    std::string bytes(reinterpret_cast<char*>(out), size);
    WebPFree(out);
    return bytes;
  }
  std::string tiff(int channels, int bits, int compression, int pages = 1,
                   bool alpha = false) const {
    const std::string path = folder_.file("w.tif");
    TIFF* file = TIFFOpen(path.c_str(), "w");
    for (int page = 0; page < pages; ++page) {
      TIFFSetField(file, TIFFTAG_IMAGEWIDTH, 7);
      TIFFSetField(file, TIFFTAG_IMAGELENGTH, 5);
      TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, channels + (alpha ? 1 : 0));
      TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, bits);
      TIFFSetField(file, TIFFTAG_COMPRESSION, compression);
      TIFFSetField(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
      TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, 2);
      TIFFSetField(file, TIFFTAG_PHOTOMETRIC,
                   channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
      const std::uint16_t kind = EXTRASAMPLE_UNASSALPHA;
      if (alpha) TIFFSetField(file, TIFFTAG_EXTRASAMPLES, 1, &kind);
      const Image image = smooth_image(channels);
      for (int row = 0; row < 5; ++row) {
        std::string line;
        for (int x = 0; x < 7; ++x)
          for (int c = 0; c < channels + (alpha ? 1 : 0); ++c) {
            const std::uint8_t value = c < channels ? image.plane(c)[row * 7 + x] : 200;
            line += std::string(static_cast<std::size_t>(bits / 8), static_cast<char>(value));
          }
        TIFFWriteScanline(file, line.data(), static_cast<std::uint32_t>(row), 0);
      }
      TIFFWriteDirectory(file);
    }
    TIFFClose(file);
    return testing::contents(path);
  }
  testing::TemporaryFolder folder_;
};

Image repeated(const Image& grey) {
  return image_of(3, grey.height, grey.width,
                  [&](auto, auto y, auto x) { return grey.plane(0)[y * grey.width + x]; });
}

TEST_F(ImageFormats, GiveTheirPixels) {
  const Image colours = smooth_image(), grey = smooth_image(1);
  EXPECT_EQ(read(webp()), colours);
  for (const int compression : {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE}) {
    EXPECT_EQ(read(tiff(3, 8, compression)), colours) << compression;
    EXPECT_EQ(read(tiff(1, 8, compression)), repeated(grey)) << compression;
    EXPECT_EQ(read(tiff(3, 16, compression)), colours) << "both bytes alike";
  }
  EXPECT_EQ(read("P6\n# a comment\n7 5\n255\n" + by_pixel(colours, {0, 1, 2})), colours);
  EXPECT_EQ(read("P5 7 5 255 " + by_pixel(grey, {0})), repeated(grey));
  EXPECT_EQ(read("P2\n2 1 15\n0 # none\n15\n"),
            image_of(3, 1, 2, [](auto, auto, auto x) { return 255 * x; }));
  EXPECT_EQ(read("P3 1 1 255 1 2 3"), image_of(3, 1, 1, [](auto c, auto, auto) { return c + 1; }));
  EXPECT_EQ(read(std::string("P5 1 1 65535 \x80\x00", 15)).pixels.front(), 128);
}

TEST_F(ImageFormats, OfBmpHaveRowsEitherWayAndPalettes) {
  // Blue, green, red; rows of 2 pixels and 2 bytes to fill them.
  const std::string rows = "abcdef__ghijkl__";
  const Image up = read(bmp(2, 2, 24, "", rows)), down = read(bmp(2, -2, 24, "", rows));
  EXPECT_EQ(std::string(up.pixels.begin(), up.pixels.end()), "ilcfhkbegjad");
  EXPECT_EQ(std::string(down.pixels.begin(), down.pixels.end()), "cfilbehkadgj");
  EXPECT_EQ(read(bmp(1, 1, 32, "", "abc_")).pixels, (std::vector<std::uint8_t>{'c', 'b', 'a'}));
  std::string palette;
  for (int i = 0; i < 256; ++i) palette += little_endian(0x010000U * i, 4);  // red alone
  EXPECT_EQ(read(bmp(2, 1, 8, palette, "\x05\x07__")).pixels,
            (std::vector<std::uint8_t>{5, 7, 0, 0, 0, 0}));
  EXPECT_EQ(read(bmp(2, 1, 4, palette.substr(0, 64), "\x3a___")).pixels.at(1), 10);
  EXPECT_EQ(read(bmp(3, 1, 1, palette.substr(0, 8), "\xa0___")).pixels.at(2), 1);
}

TEST_F(ImageFormats, ThatAreNotReadAreNamed) {
  EXPECT_EQ(mistake(tiff(3, 8, COMPRESSION_NONE, 2)),
            "a: holds several pictures; one would be right");
  EXPECT_EQ(mistake(tiff(3, 8, COMPRESSION_NONE, 1, true)),
            "a: has transparency or other samples beside its colours; save it without");
  EXPECT_EQ(
      mistake(bmp(1, 1, 8, std::string(1024, '\0'), "abcd", 1)),
      "a: cannot be decoded as BMP: its compression 1 of 8 bits is not read; save it without");
  EXPECT_EQ(mistake(bmp(1, 1, 16, "", "abcd")),
            "a: cannot be decoded as BMP: it has 16 bits a pixel; 1, 4, 8, 24 and 32 are read");
  EXPECT_EQ(mistake("P5 1 1 255 ab"),
            "a: cannot be decoded as PGM or PPM: byte 12: 1 bytes follow the picture");
  EXPECT_EQ(mistake("P5 1 1 15 \xff"),
            "a: cannot be decoded as PGM or PPM: byte 10: 255 is more than the greatest value, 15");
  EXPECT_EQ(mistake("P3 1 x 255 1 2 3"),
            "a: cannot be decoded as PGM or PPM: byte 5: the height must be a whole number in [1, "
            "67108864]");
}

TEST_F(ImageFormats, ThatEndEarlyAreRefusedWhereverTheyEnd) {
  const Image image = smooth_image();
  const std::string wholes[] = {webp(),
                                tiff(3, 8, COMPRESSION_LZW),
                                tiff(3, 8, COMPRESSION_NONE),
                                bmp(7, 5, 24, "", std::string(5 * 24, 'x')),
                                "P6 7 5 255 " + by_pixel(image, {0, 1, 2}),
                                "P3 1 1 255 1 2 3"};
  for (const std::string& whole : wholes)
    for (std::size_t size = 0; size < whole.size(); size += 3)
      EXPECT_NE(mistake(whole.substr(0, size)), "no complaint")
          << whole.substr(0, 4) << " cut to " << size << " of " << whole.size();
}

TEST_F(ImageFormats, AreNotBelievedASizeThatTheyCannotHold) {
  EXPECT_EQ(mistake("P6 60000 60000 255 abc"),
            "a: 60000 x 60000 pixels; at most 67108864 are read");
  EXPECT_EQ(mistake("P6 8000 8000 255 abc"),
            "a: header announces 8000 x 8000 pixels, which 20 bytes cannot hold");
  EXPECT_EQ(mistake(bmp(0x7fffffff, 0x7fffffff, 24, "", "abc")),
            "a: header announces 2147483647 x 2147483647 pixels, which 57 bytes cannot hold");
  std::string large = tiff(3, 8, COMPRESSION_LZW);
  // Entries of the directory: tag 256 or 257, a short, one of them.
  for (const char* entry :
       {"\x00\x01\x03\x00\x01\x00\x00\x00", "\x01\x01\x03\x00\x01\x00\x00\x00"}) {
    const std::size_t at = large.find(std::string(entry, 8));
    ASSERT_NE(at, std::string::npos);
    large.replace(at + 8, 2, "\xff\xff");
  }
  EXPECT_EQ(mistake(large), "a: 65535 x 65535 pixels; at most 67108864 are read");
}

TEST_F(ImageFormats, WithAnyByteChangedAreReadOrRefusedInOneLine) {
  std::mt19937 random(1);
  const std::string wholes[] = {webp(), tiff(3, 8, COMPRESSION_LZW),
                                tiff(1, 8, COMPRESSION_ADOBE_DEFLATE),
                                bmp(7, 5, 24, "", std::string(5 * 24, 'x')),
                                "P6 7 5 255 " + by_pixel(smooth_image(), {0, 1, 2})};
  for (const std::string& whole : wholes)
    for (int i = 0; i < 400; ++i) {
      std::string bytes = whole;
      for (int change = 0; change < 3; ++change)
        bytes[random() % bytes.size()] = static_cast<char>(random());
      const std::string told = mistake(bytes);
      EXPECT_EQ(told.find('\n'), std::string::npos) << told;
    }
}

}  // namespace
}  // namespace bitloom::data
