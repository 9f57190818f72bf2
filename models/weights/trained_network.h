#pragma once

#include <string>
#include <vector>

#include "models/graph/graph.h"
#include "models/weights/parameters.h"

namespace bitloom::weights {

/// A network with its weights, as they were trained: where a file's origin pads otherwise than the
/// zoo's network does, the graph is the origin's.
struct TrainedNetwork {
  graph::Graph graph;
  Parameters parameters;
  std::string normalization;  // of input images: a preset's name or a text of data/normalization.h
};

/// Metadata key under which bitloom's own files keep their input normalisation.
inline constexpr const char* kNormalizationKey = "normalization";

/// Reads the parameters of `graph` from `file`, whose layers may be named as PyTorch, Keras, Caffe
/// (SqueezeNet) or a TFLite converter name them: the names tell which. A UserError names what is
/// missing, left over, or of another shape.
TrainedNetwork read_trained(const graph::Graph& graph, const TensorFile& file);

/// The normalisation that the zoo's `network` was published with.
std::string published_normalization(const std::string& network);

}  // namespace bitloom::weights
