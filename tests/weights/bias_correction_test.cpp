// Where corrections go, and that they stay apart from the trained parameters.
#include "models/weights/bias_correction.h"
#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::weights {
namespace {

using testing::complaint;

graph::Window window() { return {{1, 1}, {1, 1}, graph::Padding::all(0), {1, 1}}; }

/// conv with a batch norm, plain with a bias alone, shared with its own reader, fc.
graph::Graph network() {
  graph::Graph graph("small");
  auto at = graph.add("image", graph::Input{{2, 4, 4}}, {});
  at = graph.add("conv", graph::Convolution{2, window()}, {at});
  at = graph.add("bn", graph::BatchNorm{}, {at});
  at = graph.add("plain", graph::Convolution{2, window(), 1, true}, {at});
  at = graph.add("first", graph::Convolution{2, window()}, {at});
  at = graph.add("bn1", graph::BatchNorm{}, {at});
  at = graph.add("again", graph::Convolution{2, window(), 1, false, "first"}, {at});
  at = graph.add("pool", graph::GlobalAveragePool{}, {at});
  at = graph.add("flatten", graph::Flatten{}, {at});
  graph.add("fc", graph::Linear{2}, {at});
  return graph;
}

Parameters parameters() {
  Parameters all;
  for (const ParameterShape& each : parameters_of(network())) {
    std::size_t count = 1;
    for (const std::int64_t extent : each.shape) count *= static_cast<std::size_t>(extent);
    all[each.name] = {each.shape, std::vector<float>(count, 1.0F)};
  }
  return all;
}

TEST(BiasCorrection, GoesToBatchNormsAndToBiases) {
  const graph::Graph graph = network();
  const auto place = [&](const std::string& layer) -> std::string {
    for (graph::NodeId id = 0; id < graph.nodes().size(); ++id)
      if (graph.node(id).name == layer) return corrected_parameter(graph, id).value_or("none");
    return "no such layer";
  };
  EXPECT_EQ(place("conv"), "bn.running_mean");
  EXPECT_EQ(place("fc"), "fc.bias");
  EXPECT_EQ(place("plain"), "plain.bias");
  for (const char* layer : {"first", "again"}) EXPECT_EQ(place(layer), "none") << layer;
}

TEST(BiasCorrection, AddsToOutputs) {
  const Parameters result =
      corrected(network(), parameters(), {{"conv", {{2}, {0.5F, -2}}}, {"fc", {{2}, {0.25F, 3}}}});
  Parameters expected = parameters();
  expected.at("bn.running_mean").values = {0.5F, 3};  // which is subtracted
  expected.at("fc.bias").values = {1.25F, 4};
  for (const auto& [name, tensor] : expected) EXPECT_EQ(result.at(name).values, tensor.values);
}

TEST(BiasCorrection, IsReadFromFilesWhereItFits) {
  const testing::TemporaryFolder folder;
  const auto read = [&](const std::string& layer, const Tensor& tensor) {
    const std::string path =
        folder.write("x", safetensors({{correction_tensor(layer), tensor}}, {}));
    return read_corrections(network(), TensorFile::load(path));
  };
  EXPECT_EQ(read("conv", {{2}, {3, 4}}).at("conv").values, (std::vector<float>{3, 4}));
  EXPECT_EQ(complaint([&] {
              read("conv", {{3}, {3, 4, 5}});
            }),
            folder.file("x") + ": tensor 'quantizer.conv.bias_correction' is 3, must be 2");
  EXPECT_EQ(complaint([&] {
              read("first", {{2}, {3, 4}});
            }),
            folder.file("x") +
                ": tensor 'quantizer.first.bias_correction': the layer's outputs are not "
                "corrected");
}

}  // namespace
}  // namespace bitloom::weights
