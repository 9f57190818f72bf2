#include "models/data/normalization.h"

#include <gtest/gtest.h>

#include "tests/data/image_files.h"
#include "tests/support/complaint.h"

namespace bitloom::data {
namespace {

using testing::complaint;
using testing::image_of;

std::string mistake(const std::string& text) {
  return complaint([&] { parse_normalization(text); });
}

/// What becomes of one pixel of red 200, green 100, blue 50.
std::vector<float> normalized(const std::string& text) {
  const Image image = image_of(3, 1, 1, [](auto c, auto, auto) { return 200 >> c; });
  std::vector<float> out(3);
  Normalizer(parse_normalization(text), 3)(image, out.data());
  return out;
}

void expect_near(const std::vector<float>& given, const std::vector<double>& expected) {
  ASSERT_EQ(given.size(), expected.size());
  for (std::size_t i = 0; i < given.size(); ++i) EXPECT_NEAR(given[i], expected[i], 1e-6) << i;
}

TEST(Normalization, PresetsGiveTheirPublishedFigures) {
  expect_near(normalized("unit"), {200 / 255.0, 100 / 255.0, 50 / 255.0});
  expect_near(normalized("imagenet"), {(200 / 255.0 - .485) / .229, (100 / 255.0 - .456) / .224,
                                       (50 / 255.0 - .406) / .225});
  expect_near(normalized("cifar10"), {(200 / 255.0 - .4914) / .2470, (100 / 255.0 - .4822) / .2435,
                                      (50 / 255.0 - .4465) / .2616});
  expect_near(normalized("tensorflow"), {200 / 127.5 - 1, 100 / 127.5 - 1, 50 / 127.5 - 1});
  expect_near(normalized("caffe"), {50 - 104, 100 - 117, 200 - 123});
}

TEST(Normalization, TakesFiguresAndDefaults) {
  expect_near(normalized("scale=0.5;mean=10;std=2,4,5"), {45, 10, 3});
  expect_near(normalized("order=bgr"), {50, 100, 200});
  expect_near(normalized("scale=2/100"), {4, 2, 1});
}

TEST(Normalization, SurvivesItsTextForm) {
  for (const std::string& name : normalization_names())
    EXPECT_EQ(parse_normalization(to_text(parse_normalization(name))), parse_normalization(name));
  EXPECT_EQ(to_text(parse_normalization("imagenet")),
            "scale=1/255;mean=0.485,0.456,0.406;std=0.229,0.224,0.225;order=rgb");
  EXPECT_EQ(to_text(parse_normalization("tensorflow")), "scale=1/127.5;mean=1;std=1;order=rgb");
  Normalization odd{0.1 + 0.2, {1.0 / 3, 1e-300, -7}, {1e300}, Normalization::Order::kBgr};
  EXPECT_EQ(parse_normalization(to_text(odd)), odd);
  for (int i = 1; i < 2000; ++i) {
    odd.scale = 1.0 / i;
    EXPECT_EQ(parse_normalization(to_text(odd)), odd) << i;
  }
}

TEST(Normalization, ThatIsWrongIsNamed) {
  EXPECT_EQ(mistake("imagnet"),
            "unknown normalization 'imagnet': did you mean imagenet? (known: unit, imagenet, "
            "cifar10, tensorflow, caffe); or figures, as "
            "scale=1/255;mean=.5,.5,.5;std=.2,.2,.2;order=rgb");
  EXPECT_EQ(
      mistake("mean=1;men=2"),
      "normalization: unknown key 'men': did you mean mean? (known: scale, mean, std, order)");
  EXPECT_EQ(mistake("mean=1;mean=2"), "normalization: mean is given twice");
  EXPECT_EQ(mistake("mean=1;"), "normalization: '' must be KEY=VALUE");
  EXPECT_EQ(mistake("mean=1,x,3"), "normalization: mean must be a number, got 'x'");
  EXPECT_EQ(mistake("mean=1,2"), "normalization: mean must be one number or three, got 2");
  EXPECT_EQ(mistake("mean=nan"), "normalization: mean must be a number, got 'nan'");
  EXPECT_EQ(mistake("std=1,0,1"), "normalization: std must be above 0, got '0'");
  EXPECT_EQ(mistake("scale=1/0"), "normalization: scale must be above 0, got '0'");
  EXPECT_EQ(mistake("scale=1/2/3"), "normalization: scale must be a number, got '2/3'");
  EXPECT_EQ(mistake("scale=1e300/1e-300"),
            "normalization: scale is out of range, got '1e300/1e-300'");
  EXPECT_EQ(complaint([] { parse_stated_normalization("w.safetensors", "mean=nan"); }),
            "w.safetensors: metadata 'normalization': mean must be a number, got 'nan'");
  EXPECT_EQ(mistake("order=RGB"), "normalization: order must be rgb or bgr, got 'RGB'");
}

TEST(Normalization, KnowsHowManyChannelsItSuits) {
  const Image grey = image_of(1, 1, 2, [](auto, auto, auto x) { return 255 * x; });
  std::vector<float> out(2);
  Normalizer(parse_normalization("tensorflow"), 1)(grey, out.data());
  expect_near(out, {-1, 1});
  EXPECT_EQ(
      complaint([] { Normalizer(parse_normalization("order=bgr"), 1); }),
      "normalization: 'scale=1;mean=0;std=1;order=bgr' is for 3 channels, the network takes 1");
}

}  // namespace
}  // namespace bitloom::data
