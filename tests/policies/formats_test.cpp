// Policies go to each format and come back.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/policies/target.h"
#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using graph::Policy;
using policies::format_named;
using testing::complaint;
using testing::ZooTarget;

/// The same weights, and so many bits of activations.
Policy with_activations(Policy policy, int bits) {
  for (graph::Precision& each : policy) each.activation_bits = bits;
  return policy;
}

TEST(Formats, ThatNeedNoOtherFileHoldEveryPolicy) {
  for (const char* network : {"resnet18", "resnet50", "resnet20"}) {
    const ZooTarget zoo(network);
    for (const char* name : {"bitloom", "haq", "hawq"})
      for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const Policy policy = zoo.drawn(seed, 1, 16);
        const std::string text = format_named(name).write(policy, zoo.target(), {});
        EXPECT_EQ(zoo.read("p", text), policy) << network << " " << name << "\n" << text;
      }
  }
}

TEST(Formats, AreRecognized) {
  const ZooTarget zoo("resnet18");
  const Policy policy = zoo.uniform(4, 6);
  const auto format_of = [&](const std::string& path, const std::string& text) {
    return policies::read_policy({path, text}, {}, zoo.target(), {.activations = 6}).format;
  };
  const std::string hawq = format_named("hawq").write(policy, zoo.target(), {});
  EXPECT_EQ(format_of("bits.py", hawq), "hawq");
  EXPECT_EQ(format_of("bits.txt", hawq), "hawq");
  EXPECT_EQ(format_of("bits.json", testing::nncf_configuration(zoo, policy)), "nncf");
  EXPECT_EQ(format_of("bits", testing::aimet_061(zoo, policy)), "aimet");
  EXPECT_EQ(format_of("bits", testing::aimet_100(zoo, policy)), "aimet");
  EXPECT_EQ(format_of("bits.json", format_named("bitloom").write(policy, zoo.target(), {})),
            "bitloom");
}

TEST(Formats, OfAimetHaveTheBitsOfEveryLayer) {
  const ZooTarget zoo("resnet18");
  const Policy policy = zoo.drawn(3, 2, 8);
  EXPECT_EQ(zoo.read("e.json", testing::aimet_061(zoo, policy)), policy);
  EXPECT_EQ(zoo.read("e.json", testing::aimet_100(zoo, policy), {.activations = 5}),
            with_activations(policy, 5));
  EXPECT_EQ(complaint([&] { zoo.read("e.json", testing::aimet_100(zoo, policy)); }),
            "e.json: says no activation bits of layers 'conv1', 'layer1.0.conv1', "
            "'layer1.0.conv2', 'layer1.1.conv1', 'layer1.1.conv2', 'layer2.0.conv1', "
            "'layer2.0.conv2', 'layer2.0.downsample.0' and 13 more; --activations BITS does");
}

TEST(Formats, OfNncfHaveTheBitsOfWeights) {
  const ZooTarget zoo("resnet18");
  const Policy policy = zoo.drawn(4, 2, 8);
  EXPECT_EQ(zoo.read("c.json", testing::nncf_configuration(zoo, policy), {.activations = 8}),
            with_activations(policy, 8));
}

TEST(Formats, LikeAFileKeepAllOfItButBits) {
  const ZooTarget zoo("resnet18");
  const Policy before = zoo.uniform(8, 8), after = zoo.drawn(7, 2, 8);
  const auto rewritten = [&](const char* format, const std::string& like) {
    return format_named(format).write(after, zoo.target(), {"like.json", like});
  };
  const std::string nncf = rewritten("nncf", testing::nncf_configuration(zoo, before));
  EXPECT_EQ(zoo.read("n", nncf, {.activations = 8}), with_activations(after, 8));
  EXPECT_NE(nncf.find("\"target_device\": \"TRIAL\""), std::string::npos);
  const std::string aimet = rewritten("aimet", testing::aimet_061(zoo, before));
  EXPECT_EQ(zoo.read("a", aimet), after);
  EXPECT_NE(aimet.find("\"bn1.weight\""), std::string::npos);
  EXPECT_EQ(zoo.read("a", rewritten("aimet", testing::aimet_100(zoo, before)), {.activations = 8}),
            with_activations(after, 8));
  EXPECT_EQ(rewritten("aimet", rewritten("aimet", testing::aimet_061(zoo, after))),
            rewritten("aimet", testing::aimet_061(zoo, after)));
}

/// The first encoding of a layer's weights, and of what it reads.
TEST(Formats, LikeEncodingsKeepTheirRanges) {
  const ZooTarget zoo("resnet18");
  const std::string text = format_named("aimet").write(
      zoo.uniform(4, 3), zoo.target(), {"like", testing::aimet_061(zoo, zoo.uniform(8, 8))});
  const auto json = nlohmann::json::parse(text);
  const auto weights = json["param_encodings"]["conv1.weight"][0];
  EXPECT_EQ(weights["bitwidth"], 4);
  EXPECT_EQ(weights["offset"], -8);
  EXPECT_DOUBLE_EQ(weights["max"].get<double>(), 1);
  EXPECT_DOUBLE_EQ(weights["scale"].get<double>(), 1.0 / 7);
  EXPECT_DOUBLE_EQ(weights["min"].get<double>(), -8.0 / 7);
  const auto input = json["activation_encodings"]["conv1"]["input"]["0"];
  EXPECT_EQ(input["bitwidth"], 3);
  EXPECT_EQ(input["offset"], 0);
  EXPECT_DOUBLE_EQ(input["scale"].get<double>(), 6.0 / 7);
  EXPECT_DOUBLE_EQ(input["max"].get<double>(), 6);
}

TEST(Formats, OfHawqHaveOneQuantizerForWhatTwoLayersRead) {
  const ZooTarget zoo("resnet18");
  Policy policy = zoo.uniform(4, 4);
  policy[7].activation_bits = 8;  // layer2.0.downsample.0
  EXPECT_EQ(complaint([&] { format_named("hawq").write(policy, zoo.target(), {}); }),
            "layer 'layer2.0.downsample.0': HAWQ has one quantizer, stage2.unit1.quant_act, for "
            "this layer's input and that of another layer, whose bits are 4, not 8");
}

}  // namespace
}  // namespace bitloom
