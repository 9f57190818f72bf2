// Files of a network that was trained at several widths.
#include "models/weights/widths.h"

#include <gtest/gtest.h>

#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/input.h"
#include "models/weights/trained_network.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::weights {
namespace {

using graph::Window;

/// Two 1 x 1 convolutions, each with a batch norm.
graph::Graph two_layers() {
  graph::Graph graph("two");
  graph::NodeId at = graph.add("x", graph::Input{{1, 2, 2}}, {});
  for (const char* name : {"a", "b"}) {
    at = graph.add(name, graph::Convolution{.out_channels = 1, .window = Window{}}, {at});
    at = graph.add(std::string(name) + "_norm", graph::BatchNorm{}, {at});
  }
  return graph;
}

/// Parameters of width `w` are `w` everywhere; shared ones are -1.
Parameters at_two_widths(const graph::Graph& graph) {
  Parameters tensors;
  for (const ParameterShape& each : parameters_of(graph)) {
    tensors[each.name] = {each.shape, std::vector<float>(1, -1)};
    if (!is_of_width(each.role)) continue;
    for (std::size_t width = 0; width < 2; ++width)
      tensors[width_tensor(width, each.name)] = {each.shape,
                                                 std::vector<float>(1, static_cast<float>(width))};
  }
  for (std::size_t width = 0; width < 2; ++width)
    for (const char* layer : {"a", "b"})
      for (const char* of : {"weights", "activations"})
        tensors[width_tensor(width, std::string("quantizer.") + layer + "." + of + ".step")] = {
            {}, {static_cast<float>(width)}};
  return tensors;
}

TEST(Widths, EachOperandAndEachNormIsOfTheWidthThatItsLayerTakes) {
  const graph::Graph graph = two_layers();
  const TensorFile file = TensorFile::of("f", at_two_widths(graph));
  const TensorFile chosen = at_widths(graph, file, {{0, 1}, {1, 0}});
  const auto value = [&](const char* name) { return chosen.tensor(name).values.at(0); };
  EXPECT_EQ(value("a.weight"), -1);
  EXPECT_EQ(value("a_norm.weight"), 0);
  EXPECT_EQ(value("a_norm.running_var"), 0);
  EXPECT_EQ(value("b_norm.running_mean"), 1);
  EXPECT_EQ(value("quantizer.a.weights.step"), 0);
  EXPECT_EQ(value("quantizer.a.activations.step"), 1);
  EXPECT_EQ(value("quantizer.b.weights.step"), 1);
  EXPECT_EQ(value("quantizer.b.activations.step"), 0);
  EXPECT_FALSE(chosen.has("widths.0.a_norm.weight"));
}

TEST(Widths, ANormOfIntegersIsRefused) {
  const graph::Graph graph = two_layers();
  std::string bytes = safetensors(at_two_widths(graph), {});
  const std::string start = "\"widths.0.a_norm.running_var\":{\"dtype\":\"";
  const std::size_t at = bytes.find(start);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at + start.size(), 3, "I32");
  bytes[bytes.find(kChecksumKey)] = 'x';  // no longer the checksum's name
  const testing::TemporaryFolder folder;
  const TensorFile file = TensorFile::load(folder.write("f", bytes));
  EXPECT_EQ(testing::complaint([&] {
              at_widths(graph, file, {{0, 0}, {0, 0}});
            }),
            folder.file("f") +
                ": tensor 'widths.0.a_norm.running_var' holds integers (I32), must be F32, F16, "
                "BF16 or F64");
}

TEST(Widths, ASecondActivationIsOfTheWidthOfTheWeightsInWhosePlaceItStands) {
  const graph::Graph graph = two_layers();
  Parameters tensors = at_two_widths(graph);
  for (std::size_t width = 0; width < 2; ++width)
    tensors[width_tensor(width, "quantizer.b.second.range")] = {{}, {static_cast<float>(width)}};
  const TensorFile chosen = at_widths(graph, TensorFile::of("f", tensors), {{0, 1}, {1, 0}});
  EXPECT_EQ(chosen.tensor("quantizer.b.second.range").values.at(0), 1);
}

TEST(Widths, ComplaintsNameTensorsAsTheFileDoes) {
  const graph::Graph graph = two_layers();
  Parameters tensors = at_two_widths(graph);
  const auto chosen = [&] {
    return at_widths(graph, TensorFile::of("f", tensors), {{0, 1}, {1, 0}});
  };
  tensors.erase("widths.1.quantizer.a.activations.step");
  EXPECT_EQ(testing::complaint([&] { chosen().tensor("quantizer.a.activations.step"); }),
            "f: has no tensor 'widths.1.quantizer.a.activations.step'");
  EXPECT_EQ(chosen().stored_name("quantizer.b.weights.step"), "widths.1.quantizer.b.weights.step");
  EXPECT_EQ(chosen().stored_name("a.weight"), "a.weight");
  tensors["widths.1.b_norm.running_var"].values.front() = -2;
  EXPECT_EQ(testing::complaint([&] { read_trained(graph, chosen()); }),
            "f: 'widths.1.b_norm.running_var' holds -2, a variance must not be negative");
}

TEST(Widths, AFileThatLacksANormIsRefused) {
  const graph::Graph graph = two_layers();
  Parameters tensors = at_two_widths(graph);
  tensors.erase("widths.1.b_norm.bias");
  const TensorFile file = TensorFile::of("f", tensors);
  EXPECT_NO_THROW(at_widths(graph, file, {{0, 0}, {0, 0}}));
  EXPECT_NE(testing::complaint([&] {
              at_widths(graph, file, {{0, 0}, {1, 1}});
            }).find("widths.1.b_norm.bias"),
            std::string::npos);
}

}  // namespace
}  // namespace bitloom::weights
