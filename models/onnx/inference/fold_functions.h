#pragma once

#include <string>
#include <vector>

#include "models/onnx/inference/numbers.h"
#include "models/onnx/model.h"

namespace bitloom::onnx {

/// Computes output `which`, whose type, shape and number of elements are given; false where it
/// cannot, such as a division by 0. An input that is left out has no elements.
using FoldFunction = bool (*)(const Node& node, const std::vector<Numbers>& inputs,
                              std::size_t which, Numbers& output);

/// Null for operators that do not take part in working out shapes.
FoldFunction fold_function(const std::string& op);

struct FoldRow {
  const char* op;
  FoldFunction function;
};
const std::vector<FoldRow>& fold_arithmetic();
const std::vector<FoldRow>& fold_placement();

}  // namespace bitloom::onnx
