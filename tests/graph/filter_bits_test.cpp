#include "models/graph/filter_bits.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>

#include "tests/graph/error_text.h"

namespace bitloom::graph {
namespace {

LayerShape convolution(std::int64_t in, std::int64_t out, std::int64_t groups = 1) {
  LayerShape layer{.name = "conv1", .in_channels = in, .out_channels = out};
  layer.kernel = {3, 3};
  layer.stride = {1, 1};
  layer.input = {8, 8};
  layer.output = {6, 6};
  layer.groups = groups;
  return layer;
}

TEST(FilterParts, OfALayerWithoutBitsByFilterAreTheLayer) {
  const auto parts = parts_of(convolution(3, 4), {4, 6}, {});
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].layer.name, "conv1");
  EXPECT_EQ(parts[0].bits, (Precision{4, 6}));
  EXPECT_EQ(parts[0].filters, (std::vector<std::int64_t>{0, 1, 2, 3}));
}

TEST(FilterParts, HaveOneWidthEachAndLeaveOutFiltersOfNoBits) {
  const auto parts = parts_of(convolution(3, 6), {8, 5}, {8, 2, 0, 2, 8, 2});
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].layer.name, "conv1[2b]");
  EXPECT_EQ(parts[0].bits, (Precision{2, 5}));
  EXPECT_EQ(parts[0].filters, (std::vector<std::int64_t>{1, 3, 5}));
  EXPECT_EQ(parts[0].layer.out_channels, 3);
  EXPECT_EQ(parts[0].layer.in_channels, 3);
  EXPECT_EQ(parts[1].bits, (Precision{8, 5}));
  EXPECT_EQ(parts[1].filters, (std::vector<std::int64_t>{0, 4}));
}

TEST(FilterParts, OfADepthwiseConvolutionReadTheirOwnChannels) {
  LayerShape layer = convolution(4, 4, 4);
  layer.kind = LayerKind::kDepthwise;
  const auto parts = parts_of(layer, {4, 8}, {2, 4, 4, 4});
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].layer.groups, 1);
  EXPECT_EQ(parts[0].layer.in_channels, 1);
  EXPECT_EQ(parts[1].layer.groups, 3);
  EXPECT_EQ(parts[1].layer.in_channels, 3);
  EXPECT_EQ(parts[1].layer.kind, LayerKind::kDepthwise);
}

TEST(FilterParts, OfGroupsWithDifferentCountsAreApart) {
  // Two groups of three filters: one and two of 2 bits, two and one of 4.
  const auto parts = parts_of(convolution(4, 6, 2), {4, 8}, {2, 4, 4, 2, 2, 4});
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[0].layer.name, "conv1[2b,1]");
  EXPECT_EQ(parts[0].filters, (std::vector<std::int64_t>{0}));
  EXPECT_EQ(parts[0].layer.in_channels, 2);
  EXPECT_EQ(parts[1].layer.name, "conv1[2b,2]");
  EXPECT_EQ(parts[1].filters, (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ(parts[3].filters, (std::vector<std::int64_t>{1, 2}));
}

TEST(FilterParts, HoldEachFilterOnceWithItsMacs) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const auto drawn = [&](unsigned most) {
      return static_cast<std::int64_t>(1 + random() % most);
    };
    const std::int64_t groups = drawn(4);
    const LayerShape layer = convolution(groups * drawn(5), groups * drawn(6), groups);
    FilterBits filters;
    for (std::int64_t i = 0; i < layer.out_channels; ++i)
      filters.push_back(static_cast<int>(random() % 5));
    std::set<std::int64_t> seen;
    Macs macs;
    for (const FilterPart& part : parts_of(layer, {8, 8}, filters)) {
      macs += part.layer.macs();
      EXPECT_EQ(std::ssize(part.filters), part.layer.out_channels);
      EXPECT_EQ(part.layer.reduction(), layer.reduction());
      for (const std::int64_t filter : part.filters) {
        EXPECT_EQ(filters[static_cast<std::size_t>(filter)], part.bits.weight_bits);
        EXPECT_TRUE(seen.insert(filter).second);
      }
    }
    const auto kept = layer.out_channels - std::count(filters.begin(), filters.end(), 0);
    EXPECT_EQ(std::ssize(seen), kept);
    EXPECT_EQ(macs.count(), kept * layer.reduction() * layer.output_pixels());
  }
}

TEST(FilterBits, AreToldByFallingBits) {
  EXPECT_EQ(to_text({6, 8}, {4, 6, 4, 0}), "6:1 4:2 0:1/8");
  EXPECT_EQ(to_text({6, 8}, {}), "6/8");
}

TEST(EdgeLayers, HaveTheirBitsInAllFilters) {
  const std::vector<LayerShape> layers{convolution(3, 2), convolution(2, 2)};
  FilterPolicy policy{{{4, 4}, {4, 4}}, {{2, 4}, {4, 2}}};
  set_edge_layers(policy, {layers[0]}, {8, 8});
  EXPECT_EQ(policy.layers, (Policy{{8, 8}, {4, 4}}));
  EXPECT_TRUE(policy.of(0).empty());
  EXPECT_EQ(policy.of(1), (FilterBits{4, 2}));
}

/// Policies of a network `net` of conv1 with 4 filters and a product of two activations.
class FilterPolicyFile : public ::testing::Test {
 protected:
  FilterPolicyFile() : layers_{convolution(3, 4), convolution(4, 4)} {
    layers_[1].name = "product";
    layers_[1].second = SecondOperand::kActivation;
  }
  FilterPolicy read(const std::string& weight_bits, const std::string& of_product = "8") const {
    write(weight_bits, of_product);
    return read_filter_policy(path_, "net", layers_);
  }
  std::string refusal(const std::string& weight_bits, const std::string& of_product = "8") const {
    const std::string error = error_text([&] { read(weight_bits, of_product); });
    return error.starts_with(path_) ? error.substr(path_.size() + 1) : error;
  }
  void write(const std::string& weight_bits, const std::string& of_product) const {
    std::ofstream(path_) << "{\"network\": \"net\", \"layers\": [\n{\"name\": \"conv1\", "
                            "\"weight_bits\": "
                         << weight_bits
                         << ", \"activation_bits\": 8},\n{\"name\": \"product\", "
                            "\"weight_bits\": "
                         << of_product << ", \"activation_bits\": 8}]}";
  }
  std::vector<LayerShape> layers_;
  std::string path_ = ::testing::TempDir() +
                      ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".json";
};

TEST_F(FilterPolicyFile, ListsBitsOfEachFilterOrCountsThem) {
  const FilterPolicy expected{{{6, 8}, {8, 8}}, {{6, 6, 2, 0}, {}}};
  EXPECT_EQ(read("[6, 6, 2, 0]"), expected);
  EXPECT_EQ(read("{\"6\": 2, \"2\": 1, \"0\": 1}"), expected);
}

TEST_F(FilterPolicyFile, IsAPlainPolicyWhereAllFiltersHaveTheSameBits) {
  EXPECT_EQ(read("[3, 3, 3, 3]"), (FilterPolicy{{{3, 8}, {8, 8}}}));
  EXPECT_FALSE(read("{\"3\": 4}").by_filter());
}

TEST_F(FilterPolicyFile, TellsWhatIsWrong) {
  EXPECT_EQ(refusal("[2, 3]"),
            "2:34: layers[0].weight_bits: tells the bits of 2 filters, layer 'conv1' has 4");
  EXPECT_EQ(refusal("[2, 3, 17, 4]"), "2:41: layers[0].weight_bits[2]: must be in [0, 16], got 17");
  EXPECT_EQ(
      refusal("{\"2\": 5}"),
      "2:40: layers[0].weight_bits.2: gives 5 filters 2 bits, and of layer 'conv1' 4 are left");
  EXPECT_EQ(refusal("{\"two\": 4}"),
            "2:42: layers[0].weight_bits.two: 'two' must be bits in [0, 16]");
  EXPECT_EQ(refusal("[0, 0, 0, 0]"),
            "2:34: layers[0].weight_bits: leaves all filters of layer 'conv1' out");
  EXPECT_EQ(refusal("8", "[8, 8, 8, 8]"),
            "3:36: layers[1].weight_bits: layer 'product' multiplies two activations and has no "
            "filters: one number would be right");
}

TEST_F(FilterPolicyFile, IsRefusedWhereOneWidthIsAsked) {
  write("[2, 2, 4, 4]", "8");
  EXPECT_EQ(error_text([&] { read_policy(path_, "net", layers_); }),
            path_ +
                ":2:34: layers[0].weight_bits: tells bits by filter, which simulate, compare, "
                "verify, evaluate, calibrate and finetune read; here one number for the layer "
                "would be right");
}

}  // namespace
}  // namespace bitloom::graph
