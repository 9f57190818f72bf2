// Networks of the zoo as files of ONNX, and back.
#include "models/onnx/export/export.h"

#include <gtest/gtest.h>

#include "models/graph/layer_shape.h"
#include "models/graph/zoo/zoo.h"
#include "models/onnx/import.h"
#include "models/onnx/write_model.h"
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
    const auto found = graph::layers_of(there_and_back(graph).graph);
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

}  // namespace
}  // namespace bitloom
