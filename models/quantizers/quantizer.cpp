#include "models/quantizers/quantizer.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/quantizers/planes.h"

namespace bitloom::nn {

std::optional<Planes> Quantizer::planes(const torch::Tensor& values) {
  const std::optional<Codes> codes = this->codes(values);
  if (!codes) return std::nullopt;
  return planes_of(*codes);
}

void Quantizer::load(const std::string& name, const torch::Tensor& values) {
  std::vector<std::string> known;
  for (auto [own, tensor] : state()) {
    if (own == name) {
      if (const auto must_be = missed_by(name, values))
        throw UserError(fmt::format("quantizer state '{}': must be {}", name, *must_be));
      tensor.set_data(values.detach().to(tensor.options().requires_grad(false)).clone());
      return;
    }
    known.push_back(own);
  }
  throw unknown_name("quantizer state", name, known);
}

}  // namespace bitloom::nn
