#include "models/torch/onnx_parameters.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/torch/network.h"
#include "models/torch/onnx/constants.h"

namespace bitloom::nn {

weights::Parameters parameters_of(const bitloom::onnx::Imported& network) {
  weights::Parameters result;
  for (const weights::ParameterShape& each : weights::parameters_of(network.graph)) {
    const auto& [constant, is_transposed] = network.parameters.at(each.name);
    Tensor values = onnx::value_of(*constant).to(torch::kFloat32);
    if (is_transposed) values = values.t();
    if (values.numel() != graph::size_of(each.shape))
      throw UserError(fmt::format("network {}: '{}' has {} numbers, needs {}", network.graph.name(),
                                  each.name, values.numel(), weights::to_text(each.shape)));
    if (const Tensor bad = torch::isfinite(values).logical_not(); bad.any().item<bool>()) {
      const auto at = bad.flatten().nonzero()[0].item<std::int64_t>();
      throw UserError(fmt::format("network {}: '{}': number {} is {}, must be finite",
                                  network.graph.name(), each.name, at,
                                  values.flatten()[at].item<float>()));
    }
    result[each.name] = from_torch(values.reshape(each.shape));
  }
  return result;
}

}  // namespace bitloom::nn
