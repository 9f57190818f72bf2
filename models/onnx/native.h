#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/onnx/call.h"
#include "models/onnx/inference/flow.h"

namespace bitloom::onnx {

/// Where a node's parameter comes from.
struct ParameterSource {
  std::shared_ptr<const Constant> constant;
  bool is_transposed = false;  // the file holds [in, out] where the graph has [out, in]
};

/// A node as an operator of models/operators.
struct Native {
  graph::Operator op;
  std::vector<std::size_t> inputs = {0};  // those of the node that are inputs in the graph
  std::vector<std::pair<std::string, ParameterSource>> parameters = {};  // by suffix: `.weight`
};

/// Gives the constant that input `which` of a node is.
using ConstantOf = std::function<std::shared_ptr<const Constant>(std::size_t which)>;

/// Nodes that mean just what one of models/operators does: of images, [1, channels, height, width],
/// of lines, [1, channels, length], and of features, [1, .., features]. Those of images and of
/// single rows run on integers and on RTL, too. Nothing for others, which become a Call.
std::optional<Native> native_of(const Flow& flow, const Step& step, const ConstantOf& constant_of);

/// Whether the node gives its first input back as it is: Identity, Dropout at inference, Cast to
/// the input's own type.
bool gives_its_input(const Flow& flow, const Step& step);

}  // namespace bitloom::onnx
