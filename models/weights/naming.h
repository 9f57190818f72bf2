#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/weights/parameters.h"

namespace bitloom::weights {

/// How one origin of weights names its tensors, lays them out, and differs from the zoo's graph.
struct Naming {
  /// What a file is called in errors: `PyTorch's`, `Keras'`, ...
  std::string_view origin;
  /// Whether `file` has this naming's tensors for `graph`.
  bool (*recognises)(const graph::Graph& graph, const TensorFile& file);
  /// The graph that the weights were trained for.
  graph::Graph (*adapt)(const graph::Graph& graph);
  /// The parameters of `adapt(graph)`; `used` receives the names of the tensors that they are from.
  Parameters (*read)(const graph::Graph& graph, const TensorFile& file,
                     std::vector<std::string>& used);
  /// The classes that the file's last layer has, where its tensor is that of the graph's but for
  /// them; null: the origin does not tell.
  std::optional<std::int64_t> (*classes)(const graph::Graph& graph, const TensorFile& file);
  /// Of input images; empty: as the network was published.
  std::string_view normalization;
};

/// All namings, tried in this order.
const std::vector<Naming>& namings();

/// Tensor `name` of `file`, a UserError where it holds integers: of what scale they are is not
/// said.
Tensor real_tensor(const TensorFile& file, const std::string& name);

/// The weight of the layer that puts out the classes (graph::classifier_of()), if there is one.
std::optional<ParameterShape> classifier_weight(const graph::Graph& graph);

/// `shape` without extents of 1.
graph::Shape without_ones(const graph::Shape& shape);

/// A PyTorch name without what stands before it where networks were wrapped before they were
/// stored: `module.` and its like, any number of them.
std::string_view without_wrappers(std::string_view name);

/// `tensor` of `file` in the shape of `parameter`, a UserError unless they agree but for extents of
/// 1 (a linear layer may be stored as a 1x1 convolution).
Tensor fitted(const TensorFile& file, const std::string& name, const ParameterShape& parameter);

}  // namespace bitloom::weights
