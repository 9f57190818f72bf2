#include "pipelines/weights_choice.h"

#include "models/weights/trained_network.h"

namespace bitloom::pipelines {

NetworkChoice with_classes_of(NetworkChoice choice, const weights::TensorFile& file) {
  if (choice.classes) return choice;
  const Network network = load(choice);
  const auto classes = weights::classes_of(network.graph, file);
  if (classes && *classes != network.graph.nodes().back().shape.front()) choice.classes = classes;
  return choice;
}

}  // namespace bitloom::pipelines
