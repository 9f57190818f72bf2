#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/graph/layer_shape.h"

namespace bitloom::graph {

/// A layer as loops over indices, as ZigZag and Timeloop write it: each loop indexes some of the
/// output, the activations and the second operand.
struct Contraction {
  struct Loop {
    std::string name;
    std::int64_t size = 1;
    bool in_output = false, in_first = false, in_second = false;
  };
  /// An index of the activations that two loops make: stride * output + dilation * kernel.
  struct Window {
    std::string output, kernel;
    std::int64_t stride = 1, dilation = 1;
    std::optional<std::int64_t> input = {};    // its size without padding, where that is said
    std::optional<std::int64_t> padding = {};  // on both sides together
  };
  std::vector<Loop> loops;
  std::vector<Window> windows = {};  // vertical before horizontal; one alone is horizontal
  std::string images = {};           // the loop over images
  SecondOperand second = SecondOperand::kWeights;

  /// The loop of that name; null where there is none.
  Loop* find(const std::string& name);
};

/// A layer and the images that its loops run over.
struct ContractedLayer {
  LayerShape layer;
  std::int64_t images = 1;
};

/// The product that the loops compute. A loop over the output and the activations gives rows (one
/// of a window pixels, `images` the images), over the output and the second operand columns, over
/// all three groups, over both operands alone the reduction. A UserError without a place says which
/// loop is none of them, which window contradicts its input, and what is more than a table gives.
ContractedLayer contracted(const Contraction& contraction);

}  // namespace bitloom::graph
