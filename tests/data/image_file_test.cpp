#include "models/data/image_file.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/data/image_files.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::data {
namespace {

using testing::complaint;
using testing::image_of;
using testing::TemporaryFolder;

Image smooth(std::int64_t channels) {
  return image_of(channels, 24, 40, [](auto c, auto y, auto x) { return 40 * c + 2 * y + 3 * x; });
}

class ImageFile : public ::testing::Test {
 protected:
  std::string mistake(const std::string& name) const {
    return testing::without(complaint([&] { read_image(folder_.file(name)); }),
                            folder_.path().string() + "/");
  }
  TemporaryFolder folder_;
};

TEST_F(ImageFile, OfPngGivesItsPixels) {
  testing::write_png(folder_.file("a.png"), smooth(3));
  EXPECT_EQ(read_image(folder_.file("a.png")), smooth(3));
  testing::write_png(folder_.file("grey.png"), smooth(1));
  const Image grey = read_image(folder_.file("grey.png"));
  for (std::int64_t c = 0; c < 3; ++c)
    EXPECT_TRUE(std::equal(grey.plane(c), grey.plane(c) + 24 * 40, smooth(1).pixels.begin()));
}

TEST_F(ImageFile, OfPngLosesItsTransparencyOnly) {
  const Image clear =
      image_of(4, 5, 5, [](auto c, auto y, auto x) { return c == 3 ? 128 : 40 * c + y + x; });
  testing::write_png(folder_.file("a.png"), clear);
  EXPECT_EQ(read_image(folder_.file("a.png")),
            image_of(3, 5, 5, [](auto c, auto y, auto x) { return 40 * c + y + x; }));
}

TEST_F(ImageFile, OfPngGivesTheSamePixelsWhateverItsDepthAndItsChunksForScreens) {
  using testing::PngForm;
  for (const std::int64_t channels : {1, 3}) {
    testing::write_png(folder_.file("plain.png"), smooth(channels));
    for (const PngForm& form : {PngForm{8, 1.0}, PngForm{8, 1 / 2.2}, PngForm{16},
                                PngForm{16, {}, true}, PngForm{16, 1.0}}) {
      testing::write_png(folder_.file("a.png"), smooth(channels), form);
      EXPECT_EQ(read_image(folder_.file("a.png")), read_image(folder_.file("plain.png")))
          << channels << " channels, " << form.bits << " bits";
    }
  }
}

TEST_F(ImageFile, OfFourInksIsMixedAsPilMixesThem) {
  // Inks as Adobe writes them, inverted: 255 is none.
  const auto flat = [&](int cyan, int magenta, int yellow, int black) {
    const int inks[] = {cyan, magenta, yellow, black};
    testing::write_jpeg(folder_.file("a.jpg"),
                        image_of(4, 16, 16, [&](auto c, auto, auto) { return inks[c]; }));
    const Image image = read_image(folder_.file("a.jpg"));
    return std::vector<int>{image.plane(0)[0], image.plane(1)[0], image.plane(2)[0]};
  };
  EXPECT_EQ(flat(255, 255, 255, 255), (std::vector{255, 255, 255}));
  EXPECT_EQ(flat(255, 255, 255, 0), (std::vector{0, 0, 0}));
  EXPECT_EQ(flat(0, 255, 255, 255), (std::vector{0, 255, 255}));
  EXPECT_EQ(flat(255, 128, 0, 100), (std::vector{100, 50, 0}));  // 100 - 100 x 127 / 255 = 50.2
}

TEST_F(ImageFile, OfJpegGivesNearlyItsPixels) {
  testing::write_jpeg(folder_.file("a.jpg"), smooth(3));
  const Image image = read_image(folder_.file("a.jpg"));
  ASSERT_EQ(image.pixels.size(), smooth(3).pixels.size());
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    ASSERT_LE(std::abs(image.pixels[i] - smooth(3).pixels[i]), 6) << i;
  testing::write_jpeg(folder_.file("grey.jpg"), smooth(1));
  EXPECT_EQ(read_image(folder_.file("grey.jpg")).channels, 3);
}

TEST_F(ImageFile, ThatEndsEarlyIsRefusedWhereverItEnds) {
  testing::write_jpeg(folder_.file("a.jpg"), smooth(3));
  testing::write_png(folder_.file("a.png"), smooth(3));
  for (const std::string name : {"a.jpg", "a.png"}) {
    const std::string whole = testing::contents(folder_.file(name));
    // Past the last pixels a JPEG has its end marker alone, and a PNG its end chunk.
    for (std::size_t size = 0; size + 20 < whole.size(); size += 7) {
      folder_.write("cut", whole.substr(0, size));
      EXPECT_NE(mistake("cut"), "no complaint") << name << " cut to " << size;
    }
  }
}

TEST_F(ImageFile, ThatIsNoneIsNamed) {
  folder_.write("a.jpg", "GIF89a");
  EXPECT_EQ(mistake("a.jpg"), "a.jpg: is no JPEG, PNG, WebP, BMP, TIFF, PGM or PPM");
  EXPECT_EQ(mistake("b.jpg"), "b.jpg: no such file");
}

TEST_F(ImageFile, IsNotBelievedASizeThatItCannotHold) {
  testing::write_jpeg(folder_.file("a.jpg"), smooth(3));
  std::string bytes = testing::contents(folder_.file("a.jpg"));
  const std::size_t frame = bytes.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  bytes.replace(frame + 5, 4, "\x1f\x40\x1f\x40");  // 8000 x 8000
  folder_.write("large.jpg", bytes);
  EXPECT_EQ(mistake("large.jpg"), "large.jpg: header announces 8000 x 8000 pixels, which " +
                                      std::to_string(bytes.size()) + " bytes cannot hold");
  bytes.replace(frame + 5, 4, "\xfd\xe8\xfd\xe8");
  folder_.write("large.jpg", bytes);
  EXPECT_EQ(mistake("large.jpg"), "large.jpg: 65000 x 65000 pixels; at most 67108864 are read");
}

TEST(ImageNames, EndInAnyCase) {
  for (const char* name : {"a.jpg", "a.JPEG", "b.Png", "x.y.jpg", "a.webp", "a.bmp", "a.TIFF",
                           "a.tif", "a.ppm", "a.pgm"})
    EXPECT_TRUE(is_image_name(name));
  for (const char* name : {"jpg", "a.gif", "a.jpg.txt", ""}) EXPECT_FALSE(is_image_name(name));
}

}  // namespace
}  // namespace bitloom::data
