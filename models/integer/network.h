#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "models/integer/kernel.h"
#include "models/integer/layer.h"
#include "models/integer/program.h"

namespace bitloom::integer {

/// Sees the integers of one image after the other; either function may be empty.
struct Observer {
  /// The codes that a layer reads, before its accumulators are reported as its node's values.
  std::function<void(const LayerStep& layer, std::span<const std::int32_t> codes)> codes;
  /// A node's values.
  std::function<void(graph::NodeId node, std::span<const std::int32_t> values)> values;
};

/// A network that runs on integers, its weights packed once.
class IntegerNetwork {
 public:
  explicit IntegerNetwork(Program program);

  /// Outputs (logits) of one image or several, channels x height x width each, one after the other:
  /// integers times their scales. Of an image those of every output, in the program's order. A
  /// UserError when a pixel is not a number.
  std::vector<double> run(std::span<const float> images, Kernel kernel,
                          const Observer& observer = {}) const;

  const Program& program() const { return program_; }

 private:
  Program program_;
  std::vector<IntegerLayer> layers_;  // in execution order
  std::vector<std::size_t> readers_;  // of each node's values
};

}  // namespace bitloom::integer
