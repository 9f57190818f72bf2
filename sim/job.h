#pragma once

#include <cstdint>
#include <optional>

#include "models/graph/layer_shape.h"
#include "models/graph/precision.h"

namespace bitloom::sim {

/// What is known of the activations that a layer reads and of those that its results become.
struct Neighbors {
  std::optional<int> input_bits = {};  // in which they were written; none: the network's input
  int output_bits = graph::kMaxBits;   // as many where nothing is known of who reads them
  bool input_is_laid_out = false;      // by an earlier part of the same layer (simulator.h)

  bool operator==(const Neighbors&) const = default;
};

/// A layer with its bits, its batch and what is known of the layers around it, which matters where
/// results are written back or activations converted.
struct Job {
  graph::LayerShape layer;
  graph::Precision precision;
  std::int64_t batch = 1;
  Neighbors neighbors = {};
};

}  // namespace bitloom::sim
