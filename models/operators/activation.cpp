#include "models/operators/activation.h"

#include <cmath>

#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string Activation::name() const { return kind == ActivationKind::kRelu6 ? "relu6" : "relu"; }

Shape Activation::shape(const std::vector<Shape>& inputs) const { return inputs[0]; }

void Activation::lower(integer::Lowering& lowering) const {
  const integer::Step& in = lowering.input();
  std::vector<std::int32_t> highest(in.bounds.begin(), in.bounds.end());
  if (kind == ActivationKind::kRelu6)
    for (std::size_t c = 0; c < highest.size(); ++c) {
      const double six = std::floor(6 / in.scales[c] + 0.5);
      if (six < static_cast<double>(highest[c])) highest[c] = static_cast<std::int32_t>(six);
    }
  for (std::size_t c = 0; c < highest.size(); ++c)
    lowering.add_channels(1, in.scales[c], highest[c]);
  lowering.result(integer::Clamp{std::move(highest)});
}

}  // namespace bitloom::graph
