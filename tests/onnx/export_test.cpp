// Networks of the zoo as files of ONNX, and back.
#include "models/onnx/export/export.h"

#include <gtest/gtest.h>

#include "models/graph/layer_shape.h"
#include "models/graph/zoo/zoo.h"
#include "models/onnx/import.h"
#include "models/onnx/write_model.h"
#include "models/operators/convolution.h"
#include "models/operators/input.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

onnx::Imported there_and_back(const graph::Graph& graph) {
  const testing::TemporaryFolder folder;
  const onnx::Model model = onnx::export_model(graph, onnx::Format::kPlain);
  return onnx::import_model(folder.write("network.onnx", onnx::model_bytes(model)));
}

TEST(OnnxExport, GivesTheSameLayersOfEveryNetworkBack) {
  for (const graph::ZooEntry& entry : graph::zoo()) {
    const graph::Graph graph = graph::make_network(entry.name);
    const auto wanted = graph::layers_of(graph);
    const graph::Graph back = there_and_back(graph).graph;
    EXPECT_EQ(graph::parameter_count(back), graph::parameter_count(graph)) << entry.name;
    const auto found = graph::layers_of(back);
    ASSERT_EQ(found.size(), wanted.size()) << entry.name;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto facts = [](const graph::LayerShape& layer) {
        return std::make_tuple(layer.name, layer.kind, layer.product(), layer.kernel, layer.stride,
                               layer.input, layer.output, layer.biases, layer.signed_activations,
                               layer.reads_input, layer.read_by);
      };
      EXPECT_TRUE(facts(found[i]) == facts(wanted[i])) << entry.name << ": " << wanted[i].name;
    }
  }
}

TEST(OnnxExport, KeepsOperatorsThatRunOnIntegers) {
  const graph::Graph graph = graph::make_network("squeezenet_v1.1");
  const graph::Graph back = there_and_back(graph).graph;
  ASSERT_EQ(back.nodes().size(), graph.nodes().size());
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    EXPECT_EQ(back.node(i).name, graph.node(i).name);
    EXPECT_EQ(&back.node(i).op.kind(), &graph.node(i).op.kind()) << graph.node(i).name;
    EXPECT_EQ(back.node(i).shape, graph.node(i).shape) << graph.node(i).name;
  }
}

/// A convolution of an image with the codes of these types.
std::string exported(onnx::Format format, const integer::CodeType& weights,
                     const integer::CodeType& activations) {
  graph::Graph graph("one");
  const graph::NodeId image = graph.add("image", graph::Input{{1, 4, 4}}, {});
  graph.add("conv", graph::Convolution{.out_channels = 1, .window = {}}, {image});
  const std::vector<integer::QuantizedLayer> layers{{.name = "conv",
                                                     .weight_type = weights,
                                                     .weights = {-1},
                                                     .weight_scaling = {},
                                                     .activation_type = activations,
                                                     .activation_scaling = {}}};
  const weights::Parameters parameters{{"conv.weight", {{1, 1, 1, 1}, {-1}}}};
  return onnx::model_bytes(onnx::export_model(
      graph, format, {.parameters = &parameters, .layers = &layers, .normalization = "caffe"}));
}

TEST(OnnxExport, NotesTheNormalizationAndLeavesTheFirstLayerTheImages) {
  const testing::TemporaryFolder folder;
  for (const auto format : {onnx::Format::kQonnx, onnx::Format::kQdq}) {
    const onnx::Imported back = onnx::import_model(folder.write(
        "q.onnx", exported(format, integer::signed_codes(4), integer::signed_codes(8))));
    EXPECT_TRUE(graph::layers_of(back.graph).at(0).reads_input);
    EXPECT_EQ(back.metadata.at(onnx::kNormalizationNote), "caffe");
  }
}

TEST(OnnxExport, RefusesCodesThatTheFormatHasNot) {
  using integer::bipolar_codes;
  using integer::signed_codes;
  const auto refusal = [](onnx::Format format, const integer::CodeType& weights,
                          const integer::CodeType& activations) {
    return testing::complaint([&] { exported(format, weights, activations); });
  };
  const auto qonnx = onnx::Format::kQonnx, qdq = onnx::Format::kQdq;
  EXPECT_EQ(refusal(qonnx, signed_codes(8), signed_codes(1)),
            "layer 'conv': its activations are -1 and 0, which QONNX has no bits for; --format qdq "
            "says them");
  EXPECT_EQ(refusal(qonnx, bipolar_codes(4), signed_codes(8)),
            "layer 'conv': QONNX says bipolar weights of 1 bit, not 4; --format qdq says them");
  EXPECT_EQ(refusal(qdq, signed_codes(8), signed_codes(16)),
            "layer 'conv': QDQ says codes of at most 8 bits, not 16; --format qonnx says them");
  EXPECT_EQ(refusal(qonnx, bipolar_codes(1), signed_codes(8)), "no complaint");
}

}  // namespace
}  // namespace bitloom
