// Integers of layers in a file: what is written is read, and the entries of plain scalings are
// those that files have always had.
#include "models/weights/integer_layers.h"

#include <gtest/gtest.h>

#include "models/operators/convolution.h"
#include "models/operators/input.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::weights {
namespace {

using integer::Granularity;
using integer::QuantizedLayer;
using integer::Scaling;
using testing::complaint;

/// One convolution of 2 channels, 1x1, over 4.
graph::Graph one_convolution() {
  graph::Graph graph("small");
  const auto image = graph.add("image", graph::Input{{4, 1, 1}}, {});
  graph.add("conv", graph::Convolution{2, {}}, {image});
  return graph;
}

QuantizedLayer quantized(Scaling weights, Scaling activations) {
  return {"conv",
          integer::signed_codes(4),
          {1, 2, 3, 4, 5, 6, 7, -8},
          std::move(weights),
          integer::unsigned_codes(8),
          std::move(activations),
          {}};
}

class IntegerLayers : public ::testing::Test {
 protected:
  std::string described(const QuantizedLayer& layer) {
    tensors_.clear();
    add_integer_layers({layer}, tensors_, metadata_);
    return metadata_.at("integer");
  }
  std::vector<QuantizedLayer> read() {
    const std::string path = folder_.write("file.safetensors", safetensors(tensors_, metadata_));
    return read_integer_layers(one_convolution(), TensorFile::load(path));
  }
  void expect_read_again(const QuantizedLayer& layer) {
    described(layer);
    const QuantizedLayer again = read().at(0);
    EXPECT_EQ(again.weights, layer.weights);
    EXPECT_EQ(again.weight_scaling, layer.weight_scaling);
    EXPECT_EQ(again.activation_scaling, layer.activation_scaling);
    EXPECT_EQ(again.filter_bits, layer.filter_bits);
    EXPECT_EQ(again.weight_planes, layer.weight_planes);
    EXPECT_EQ(again.activation_planes, layer.activation_planes);
  }

  Parameters tensors_;
  std::map<std::string, std::string> metadata_;
  testing::TemporaryFolder folder_;
};

TEST_F(IntegerLayers, OfPlainScalingsAreDescribedByTypesAndAScale) {
  EXPECT_EQ(described(quantized(integer::scaling_of({0.5, 0.25}), integer::scaling_of({2}))),
            R"([{"activation_scale":2.0,"activations":["unsigned",8],"name":"conv",)"
            R"("weights":["signed",4]}])");
}

TEST_F(IntegerLayers, AreReadAsTheyWereWritten) {
  expect_read_again(quantized(integer::scaling_of({0.5}), integer::scaling_of({2})));
  expect_read_again(quantized(integer::scaling_of({0.5, 0.25}), integer::scaling_of({2})));
}

TEST_F(IntegerLayers, MayHaveBitsByFilter) {
  QuantizedLayer layer = quantized(integer::scaling_of({0.5, 0.25}), integer::scaling_of({2}));
  layer.filter_bits = {4, 3};
  expect_read_again(layer);
  layer.filter_bits = {4};
  described(layer);
  EXPECT_NE(complaint([&] { read(); }).find("must have bits of 2 filters"), std::string::npos);
}

TEST_F(IntegerLayers, MayHaveLearnedLevels) {
  QuantizedLayer layer = quantized(integer::scaling_of({0.5, 0.25}), integer::scaling_of({2}));
  layer.weights = {3, -3, 1, -1, 6, -6, 4, 4};
  layer.weight_planes = {2, true, {2, 1, 1, 5}};
  layer.activation_planes = {3, false, {7, 20, -4}};
  layer.activation_type = integer::signed_codes(6);
  expect_read_again(layer);

  const auto complained = [&](const QuantizedLayer& wrong) {
    described(wrong);
    return complaint([&] { read(); });
  };
  QuantizedLayer wrong = layer;
  wrong.weights[0] = 2;
  EXPECT_NE(complained(wrong).find("'integer.conv.weights': 2 is no level of channel 0"),
            std::string::npos);
  wrong = layer;
  wrong.weight_planes = {2, true, {2, 1, 1}};
  EXPECT_NE(complained(wrong).find("'integer.conv.coefficients' must hold 2 whole numbers for each "
                                   "of 1 or 2 rows"),
            std::string::npos);
  wrong = layer;
  wrong.activation_type = integer::signed_codes(5);
  EXPECT_NE(complained(wrong).find("make levels that are no codes of the activations' type"),
            std::string::npos);
}

TEST_F(IntegerLayers, ThatFilesCannotHoldAreRefused) {
  const std::string refusal =
      "layer 'conv': files hold no zero points, scales of groups or several scales of activations";
  const auto refused = [&](Scaling weights, Scaling activations) {
    return complaint([&] { described(quantized(std::move(weights), std::move(activations))); });
  };
  EXPECT_EQ(refused({Granularity::kGroup, {1, 1, 1, 1}, {}, 2}, {}), refusal);
  EXPECT_EQ(refused({}, {Granularity::kTensor, {2}, {128}}), refusal);
  EXPECT_EQ(refused({}, {Granularity::kChannel, {1, 2, 3, 4}}), refusal);
}

}  // namespace
}  // namespace bitloom::weights
