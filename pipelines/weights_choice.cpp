#include "pipelines/weights_choice.h"

#include "models/onnx/import.h"
#include "models/weights/trained_network.h"

namespace bitloom::pipelines {

NetworkChoice with_classes_of(NetworkChoice choice, const weights::TensorFile& file) {
  if (choice.classes) return choice;
  if (onnx::is_model_file(choice.name)) return choice;  // its classes are its own
  const Network network = load(choice);
  const auto classes = weights::classes_of(network.graph, file);
  if (classes && *classes != network.graph.nodes().back().shape.front()) choice.classes = classes;
  return choice;
}

NetworkChoice with_classes_of(NetworkChoice choice, const std::string& path) {
  if (onnx::is_model_file(path)) return choice;
  return with_classes_of(std::move(choice), weights::TensorFile::load(path));
}

}  // namespace bitloom::pipelines
