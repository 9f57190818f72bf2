// What networks make of batch norms that are folded, and of classes that are pixels.
#include <gtest/gtest.h>

#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/input.h"
#include "models/torch/network.h"

namespace bitloom {
namespace {

/// A 1 x 1 convolution and a batch norm of a whole image's channels.
graph::Graph pointwise(std::int64_t side) {
  graph::Graph graph("pointwise");
  const auto image = graph.add("image", graph::Input{{2, side, side}}, {});
  const auto conv = graph.add("conv", graph::Convolution{.out_channels = 3, .window = {}}, {image});
  graph.add_output("norm", graph.add("norm", graph::BatchNorm{1e-5}, {conv}));
  return graph;
}

TEST(FoldedNorms, StayAsTheyAreInTraining) {
  const graph::Graph graph = pointwise(4);
  weights::Parameters parameters = nn::initial_parameters(graph, 1);
  nn::Network network(graph, parameters);
  ASSERT_TRUE(network.has_folded_norms());
  const at::Tensor images = at::rand({5, 2, 4, 4});
  const at::Tensor wanted = network.forward(images, nn::Mode::kInference);
  EXPECT_FALSE(at::allclose(network.forward(images, nn::Mode::kTraining), wanted, 1e-3, 1e-3));
  nn::Network folded(graph, parameters);
  folded.fix_norms();
  EXPECT_TRUE(at::equal(folded.forward(images, nn::Mode::kTraining), wanted));
  parameters.at("norm.running_mean").values[1] = 0.5F;
  EXPECT_FALSE(nn::Network(graph, parameters).has_folded_norms());
}

TEST(Classifier, MayAnswerByTheChannelsOfAPixel) {
  const graph::Graph graph = pointwise(1);
  nn::Network network(graph, nn::initial_parameters(graph, 1));
  EXPECT_EQ(network.forward(at::rand({5, 2, 1, 1})).sizes().vec(),
            (std::vector<std::int64_t>{5, 3}));
}

}  // namespace
}  // namespace bitloom
