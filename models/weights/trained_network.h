#pragma once

#include <optional>
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
  std::vector<std::string> left_out = {};  // tensors of parts that only training had
  std::string origin = {};                 // whose padding the graph has: Naming::origin
};

/// Metadata key under which bitloom's own files keep their input normalisation.
inline constexpr const char* kNormalizationKey = "normalization";
/// And under which they keep whose padding their network has, where that is not the zoo's.
inline constexpr const char* kOriginKey = "bitloom.origin";

/// Reads the parameters of `graph` from `file`, whose layers may be named as PyTorch, Keras, Caffe
/// (SqueezeNet) or a TFLite converter name them: the names tell which. Wrappers around PyTorch's
/// names (`module.`, `_orig_mod.`, `model.`, `state_dict.`) are passed over, counters of batches
/// (`num_batches_tracked`, `n_averaged`), too; auxiliary classifiers are left out. A UserError
/// names what is missing, left over, or of another shape, and where nothing fits what the file
/// holds.
TrainedNetwork read_trained(const graph::Graph& graph, const TensorFile& file);

/// The classes of `file`'s last layer, where it is that of `graph` but for them and the names tell;
/// else nothing.
std::optional<std::int64_t> classes_of(const graph::Graph& graph, const TensorFile& file);

/// The normalisation that the zoo's `network` was published with.
std::string published_normalization(const std::string& network);

}  // namespace bitloom::weights
