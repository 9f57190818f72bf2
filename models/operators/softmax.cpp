#include "models/operators/softmax.h"

namespace bitloom::graph {

std::string Softmax::name() const { return "softmax"; }

Shape Softmax::shape(const std::vector<Shape>& inputs) const { return inputs[0]; }

}  // namespace bitloom::graph
