#pragma once

#include <optional>
#include <vector>

#include "models/onnx/inference/rule.h"

namespace bitloom::onnx {

/// What Slice takes of one dimension: `count` elements from `start`, `step` apart.
struct SliceRange {
  std::size_t axis;
  std::int64_t start;
  std::int64_t step;
  std::int64_t count;
};

/// Of a node's first input; places outside it are moved to its ends.
std::vector<SliceRange> slice_ranges(const NodeView& node, const std::vector<std::int64_t>& starts,
                                     const std::vector<std::int64_t>& ends,
                                     const std::optional<std::vector<std::int64_t>>& axes,
                                     const std::optional<std::vector<std::int64_t>>& steps);

}  // namespace bitloom::onnx
