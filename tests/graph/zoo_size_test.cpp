#include <gtest/gtest.h>

#include "models/graph/layer_shape.h"
#include "models/graph/zoo/zoo.h"
#include "tests/graph/error_text.h"

namespace bitloom::graph {
namespace {

Graph build(std::string_view name, std::int64_t height, std::int64_t width) {
  return make_network(name, {.image_size = Extent{height, width}});
}

TEST(ZooImageSize, DefaultsToThePublishedSize) {
  for (const ZooEntry& entry : zoo())
    EXPECT_EQ(make_network(entry.name).only_input().shape,
              (Shape{3, entry.image.height, entry.image.width}))
        << entry.name;
}

TEST(ZooImageSize, NetworksThatPoolGloballyTakeAnySize) {
  for (const char* name :
       {"mobilenet_v1", "mobilenet_v2", "resnet18", "resnet50", "resnet20", "squeezenet_v1.1",
        "densenet121", "googlenet_variant", "squeezenext_2.0"})
    EXPECT_EQ(parameter_count(build(name, 192, 321)), parameter_count(make_network(name))) << name;
}

TEST(ZooImageSize, RetinaNetTakesAnySize) {
  const std::int64_t parameters = parameter_count(make_network("retinanet_r50"));
  for (const Extent image : {Extent{800, 1333}, Extent{1333, 800}, Extent{511, 97}, Extent{1, 1}})
    EXPECT_EQ(parameter_count(build("retinanet_r50", image.height, image.width)), parameters);
}

TEST(ZooImageSize, ClassifiersOfFixedSizeRefuseAnother) {
  EXPECT_EQ(error_text([] { build("alexnet", 256, 224); }),
            "network alexnet: its classifier takes 256x6x6, an image of 256x224 gives 256x7x6");
  EXPECT_EQ(error_text([] { build("vgg_small", 64, 64); }),
            "network vgg_small: its classifier takes 512x4x4, an image of 64x64 gives 512x8x8");
  EXPECT_EQ(error_text([] { build("vgg_variant", 192, 192); }),
            "network vgg_variant: its classifier takes 512x7x7, an image of 192x192 gives 512x6x6");
}

TEST(ZooImageSize, AnImageTooSmallIsRefusedByTheLayerThatFindsIt) {
  EXPECT_EQ(
      error_text([] { build("inception_v3", 16, 16); }),
      "network inception_v3: convolution 'Conv2d_4a_3x3.conv': window of 3 does not fit into 2 "
      "rows or columns with padding");
  EXPECT_EQ(error_text([] { build("resnet18", 0, 224); }),
            "network resnet18: input 'input': input dimension must be in [1, 1048576], got 0");
}

TEST(ZooNames, AnUnknownNameIsAnsweredWithTheNearest) {
  const std::string text = error_text([] { make_network("resnet35"); });
  EXPECT_TRUE(text.starts_with("unknown network 'resnet35': did you mean resnet34,")) << text;
}

}  // namespace
}  // namespace bitloom::graph
