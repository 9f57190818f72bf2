#include "models/graph/policy.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "tests/graph/error_text.h"

namespace bitloom::graph {
namespace {

/// Policies for a network `net` of the layers conv1, conv2 and fc.
class PolicyFile : public ::testing::Test {
 protected:
  Policy read(const std::string& text, Activations activations = Activations::kInteger) const {
    std::ofstream(path_) << text;
    return read_policy(path_, "net", layers_, activations);
  }
  const std::string& path() const { return path_; }
  /// The error without the path before it.
  std::string refusal(const std::string& text) const {
    const std::string error = error_text([&] { read(text); });
    EXPECT_TRUE(error.starts_with(path_ + ":")) << error;
    return error.size() > path_.size() ? error.substr(path_.size() + 1) : error;
  }
  /// A named policy of `layers`, which begin in line 2.
  static std::string named(const std::string& layers) {
    return "{\"network\": \"net\", \"layers\": [\n" + layers + "]}";
  }

 private:
  std::string path_ = ::testing::TempDir() +
                      ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".json";
  std::vector<LayerShape> layers_{
      {.name = "conv1", .kernel = {}, .stride = {}, .input = {}, .output = {}},
      {.name = "conv2", .kernel = {}, .stride = {}, .input = {}, .output = {}},
      {.name = "fc", .kernel = {}, .stride = {}, .input = {}, .output = {}}};
};

const std::string kConv1 = R"({"name": "conv1", "weight_bits": 8, "activation_bits": 8})";
const std::string kConv2 = R"({"name": "conv2", "weight_bits": 4, "activation_bits": 6})";
const std::string kFc = R"({"name": "fc", "weight_bits": 1, "activation_bits": 16})";

TEST_F(PolicyFile, NamesLayersInAnyOrder) {
  const Policy expected{{8, 8}, {4, 6}, {1, 16}};
  EXPECT_EQ(read(named(kConv1 + "," + kConv2 + "," + kFc)), expected);
  EXPECT_EQ(read(named(kFc + "," + kConv1 + "," + kConv2)), expected);
  EXPECT_EQ(read("{\"schema\": 1, \"layers\": [" + kFc + "," + kConv2 + "," + kConv1 +
                 "], \"network\": \"net\"}"),
            expected);
}

TEST_F(PolicyFile, ReadsHaqsListsWhereMinusOneIsEight) {
  EXPECT_EQ(read("[[8, -1], [4, 6], [-1, 8]]"), (Policy{{8, 8}, {4, 6}, {8, 8}}));
}

TEST_F(PolicyFile, MayBeTheLastBestOfAHaqLog) {
  const Policy expected{{8, 8}, {4, 6}, {2, 3}};
  const std::string log =
      "#0: episode_reward:-1.1 acc: 70.1, cost: 0.5\nbest reward: -1.1\n"
      "best policy: [[8, 8], [1, 1], [1, 1]]\n#1: episode_reward:-1.0 acc: 71, cost: 0.5\n"
      "best policy: [[-1, -1], [4, 6.0], [2, 3]]\n";
  EXPECT_EQ(read(log), expected);
  EXPECT_EQ(read("==> Output path: x\nbest_reward:  -0.9\nbest_policy:  [[8,8],[4,6],[2,3]]"),
            expected);
  EXPECT_EQ(read("\033[92m New best policy: [[8, 8], [4, 6], [2, 3]], reward: 0.1\033[00m\n"),
            expected);
  EXPECT_EQ(read("best policy: [(8, 8), (4, 6), (2, 3)]\n"), expected);
  EXPECT_EQ(read("[(8, 8),\n (4, 6), (2, 3)]\n"), expected);
  EXPECT_EQ(refusal("x\nbest policy: [[8, 8], [4, 6], [2, 17]]\n"),
            "2: [2][1]: must be in [1, 16], or -1 for 8, got 17");
  EXPECT_EQ(refusal("best policy: [4, 5, 6]\n"),
            "1: is a list of weight bits alone, as HAQ's k-means policies are; must be [[w, a], "
            "...]");
  EXPECT_NE(refusal("best policy: [[8, 8], [4,\n").find("is a log of HAQ's"), std::string::npos);
}

TEST_F(PolicyFile, ThatIsALogMayHaveItsListOnTheNextLineAndNeedsOne) {
  EXPECT_EQ(read("best policy:\n[[8, 8], [4, 6], [2, 3]]\n"), (Policy{{8, 8}, {4, 6}, {2, 3}}));
  EXPECT_NE(refusal("#0: episode_reward:-1.1 acc: 70.1, cost: 0.5\n").find("is a log of HAQ's"),
            std::string::npos);
}

TEST_F(PolicyFile, MayBeANumPyArray) {
  const std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }\n";
  const auto saved = [&](const std::vector<double>& values) {
    std::string file("\x93NUMPY\x01\0", 8);
    file += static_cast<char>(header.size()) + std::string(1, '\0') + header;
    return file.append(reinterpret_cast<const char*>(values.data()), 8 * values.size());
  };
  EXPECT_EQ(read(saved({-1, -1, 4, 6, 2, 3})), (Policy{{8, 8}, {4, 6}, {2, 3}}));
  EXPECT_EQ(refusal(saved({8, 8, 4, 6, 2.5, 3})), " [2][0]: must be a whole number, got '2.5'");
}

TEST_F(PolicyFile, RefusesAListOfAnotherLength) {
  EXPECT_EQ(refusal("[[8, -1], [4, 6]]"), "1:1: has 2 entries, net has 3 layers");
  EXPECT_EQ(refusal("[[8, -1],\n [4, 6],\n [4, 6, 6]]"),
            "3:2: [2]: must be [weight bits, activation bits], got 3 values");
  EXPECT_EQ(refusal("[[8, -1],\n [4, 0],\n [4, 6]]"),
            "2:6: [1][1]: must be in [1, 16], or -1 for 8, got 0");
  EXPECT_EQ(refusal("[[8, -2], [4, 6], [4, 6]]"),
            "1:6: [0][1]: must be in [1, 16], or -1 for 8, got -2");
}

TEST_F(PolicyFile, LeavesActivationsInSinglePrecisionWhereThatIsAllowed) {
  const std::string layers =
      kConv1 + "," + kConv2 + ",\n" + R"({"name": "fc", "weight_bits": 3, "activation_bits": 32})";
  const Policy expected{{8, 8}, {4, 6}, {3, 32}};
  EXPECT_EQ(read(named(layers), Activations::kIntegerOrFloat), expected);
  EXPECT_EQ(read("[[8, -1], [4, 6], [3, 32]]", Activations::kIntegerOrFloat), expected);
  EXPECT_EQ(refusal(named(layers)),
            "3:53: layers[2].activation_bits: must be in [1, 16], got 32: single precision runs on "
            "no integers");
  EXPECT_EQ(error_text([&] {
              read("[[32, 8], [4, 6], [3, 8]]", Activations::kIntegerOrFloat);
            }).substr(path().size() + 1),
            "1:3: [0][0]: must be in [1, 16], or -1 for 8, got 32");
  EXPECT_EQ(error_text([&] {
              read("[[8, 31], [4, 6], [3, 8]]", Activations::kIntegerOrFloat);
            }).substr(path().size() + 1),
            "1:6: [0][1]: must be in [1, 16], or -1 for 8, or 32 for single precision, got 31");
}

TEST_F(PolicyFile, RefusesAnUnknownLayerAndOffersTheNearest) {
  EXPECT_EQ(refusal(named(kConv1 + ",\n" +
                          R"({"name": "conv3", "weight_bits": 4, "activation_bits": 6})")),
            "3:10: layers[1].name: unknown layer 'conv3': did you mean conv1, conv2? "
            "(known: conv1, conv2, fc)");
}

TEST_F(PolicyFile, RefusesALayerTwiceAndALayerLess) {
  EXPECT_EQ(refusal(named(kConv1 + ",\n" + kConv2 + ",\n" + kConv1)),
            "4:1: layers[2]: layer 'conv1' is given twice");
  EXPECT_EQ(refusal(named(kConv1 + "," + kFc)), "1:30: layers: layer 'conv2' is missing");
}

TEST_F(PolicyFile, RefusesBitsOutsideOneToSixteen) {
  EXPECT_EQ(refusal(named(R"({"name": "conv1", "weight_bits": 0, "activation_bits": 8})")),
            "2:34: layers[0].weight_bits: must be in [1, 16], got 0");
  EXPECT_EQ(refusal(named(R"({"name": "conv1", "weight_bits": 8, "activation_bits": 17})")),
            "2:56: layers[0].activation_bits: must be in [1, 16], got 17");
  EXPECT_EQ(refusal(named(R"({"name": "conv1", "weight_bits": 4.5, "activation_bits": 8})")),
            "2:34: layers[0].weight_bits: must be a whole number, got '4.5'");
  EXPECT_EQ(refusal(named(R"({"name": "conv1", "weight_bits": -1, "activation_bits": 8})")),
            "2:34: layers[0].weight_bits: must be in [1, 16], got -1");
}

TEST_F(PolicyFile, RefusesAnotherNetworksPolicy) {
  EXPECT_EQ(refusal("{\"network\": \"other\", \"layers\": [" + kConv1 + "]}"),
            "1:13: network: is for network 'other', not 'net'");
}

TEST_F(PolicyFile, RefusesMissingAndMisspeltKeys) {
  EXPECT_EQ(refusal("{\"layers\": []}"), "1:1: key 'network' is missing");
  EXPECT_EQ(refusal(named(R"({"name": "conv1", "weight_bit": 8, "activation_bits": 8})")),
            "2:19: layers[0].weight_bit: unknown key 'weight_bit': did you mean weight_bits? "
            "(known: name, weight_bits, activation_bits)");
  EXPECT_EQ(refusal("{\"schema\": 2, \"network\": \"net\", \"layers\": []}"),
            "1:12: schema: must be 1, got 2");
}

TEST_F(PolicyFile, RefusesBrokenJson) {
  EXPECT_EQ(refusal("8/8"), "1:1: must be {\"network\": ..., \"layers\": [...]} or [[w, a], ...]");
  EXPECT_EQ(refusal("[[8, 8],\n [8, 8"), "2:1: cannot be parsed: end of sequence flow not found");
  EXPECT_EQ(refusal(""), " is empty");
}

TEST_F(PolicyFile, MissingIsSaidSo) {
  EXPECT_EQ(error_text([] { read_policy("/nowhere/policy.json", "net", {}); }),
            "/nowhere/policy.json: no such file");
}

TEST(Precision, ReadsTwoNumbersAndRefusesTheRest) {
  EXPECT_EQ(parse_precision("--bits", "4/6"), (Precision{4, 6}));
  EXPECT_EQ(parse_precision("--bits", "16/1"), (Precision{16, 1}));
  for (const char* text :
       {"4", "0/4", "-1/4", "4/99", "4/6/8", "04/6", " 4/6", "4/6 ", "", "/", "a/b"})
    EXPECT_EQ(error_text([&] { parse_precision("--bits", text); }),
              std::string("--bits '") + text +
                  "': must be W/A, weight and activation bits, each in [1, 16], such as 4/6");
}

TEST(RandomPolicy, DrawsEveryWidthAboutAsOften) {
  std::vector<LayerShape> named(
      700, {.name = "", .kernel = {}, .stride = {}, .input = {}, .output = {}});
  for (std::size_t i = 0; i < named.size(); ++i) named[i].name = std::to_string(i);
  std::mt19937_64 random(1);
  std::map<int, int> weights, activations;
  for (const Precision& bits : random_policy(named, 2, 8, random)) {
    ++weights[bits.weight_bits];
    ++activations[bits.activation_bits];
  }
  for (const auto& count : {weights, activations}) {
    ASSERT_EQ(count.size(), 7U);
    EXPECT_EQ(count.begin()->first, 2);
    for (const auto& [bits, times] : count) EXPECT_NEAR(times, 100, 40) << bits;  // 4 sigma: 37
  }
}

TEST(RandomPolicy, IsTheSeedsAndSharesBitsWithWeights) {
  std::vector<LayerShape> layers(
      40, {.name = "", .kernel = {}, .stride = {}, .input = {}, .output = {}});
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers[i].name = std::to_string(i);
    if (i > 0) layers[i].weights_of = "0";
  }
  std::mt19937_64 random(3), same(3), other(4);
  const Policy policy = random_policy(layers, 2, 8, random);
  EXPECT_EQ(policy, random_policy(layers, 2, 8, same));
  EXPECT_NE(policy, random_policy(layers, 2, 8, other));
  for (const Precision& bits : policy) EXPECT_EQ(bits.weight_bits, policy[0].weight_bits);
}

}  // namespace
}  // namespace bitloom::graph
