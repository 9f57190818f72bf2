#pragma once

#include <cstddef>
#include <vector>

#include "base/error.h"
#include "models/onnx/model.h"

namespace bitloom::onnx {

/// The function of `model` that a node calls: of its name, domain and overload. Null where it calls
/// none.
const Function* function_of(const Model& model, const Node& node);

/// The nodes of a function as `call` runs them, those in graphs of their attributes likewise:
/// attributes that refer to the call's have its values, or the function's defaults, and are left
/// out where neither has one; inputs that the call leaves out are left out.
std::vector<Node> called_nodes(const Function& function, const Node& call);

/// How many nodes a model may have with all calls' nodes in their places: functions that call each
/// other twice would make millions of a few. Real ones multiply a file's nodes by their layers.
std::size_t most_nodes_of(const Model& model);
/// Of a model with more.
UserError too_many_nodes(const Model& model);

}  // namespace bitloom::onnx
