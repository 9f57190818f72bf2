#pragma once

#include <set>
#include <string>
#include <vector>

#include "models/onnx/model.h"

namespace bitloom::onnx {

/// All names that a node reads: its inputs, and what graphs in its attributes take from outside.
std::set<std::string> names_read(const Node& node);

/// Positions of `nodes` in an order in which each follows those whose outputs it reads; that of the
/// file where it does. A UserError names a value that two nodes give, or a node in a cycle.
std::vector<std::size_t> running_order(const std::vector<Node>& nodes);

}  // namespace bitloom::onnx
