#pragma once

#include <string_view>
#include <vector>

#include "models/graph/operator.h"

namespace bitloom::graph {

/// A row of the table of operators.
struct OperatorEntry {
  std::string_view name;
  std::string_view doc;
  const OperatorKind* kind;
};

/// All operators, in alphabetical order.
const std::vector<OperatorEntry>& operators();

}  // namespace bitloom::graph
