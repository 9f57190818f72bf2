#include "models/torch/onnx_parameters.h"

#include <algorithm>
#include <cmath>

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
    if (constant->tensor) constant->evaluated.reset();  // it is in the file, should others read it
    if (is_transposed) values = values.t();
    if (values.numel() != graph::size_of(each.shape))
      throw UserError(fmt::format("network {}: '{}' has {} numbers, needs {}", network.graph.name(),
                                  each.name, values.numel(), weights::to_text(each.shape)));
    weights::Tensor& parameter = result[each.name] = from_torch(values.reshape(each.shape));
    const auto bad = std::find_if(parameter.values.begin(), parameter.values.end(),
                                  [](float value) { return !std::isfinite(value); });
    if (bad != parameter.values.end())
      throw UserError(fmt::format("network {}: '{}': number {} is {}, must be finite",
                                  network.graph.name(), each.name, bad - parameter.values.begin(),
                                  *bad));
  }
  return result;
}

}  // namespace bitloom::nn
