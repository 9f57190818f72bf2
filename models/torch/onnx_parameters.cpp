#include "models/torch/onnx_parameters.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "models/torch/network.h"
#include "models/torch/onnx/constants.h"

namespace bitloom::nn {

namespace {

bool is_plain(const bitloom::onnx::Constant& constant) {
  using bitloom::onnx::ElementType;
  return constant.tensor && constant.tensor->type == ElementType::kFloat;
}

/// A tensor of floats, piece by piece: the file's pages are given back on the way.
std::vector<float> copied(const bitloom::onnx::Tensor& tensor) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;  // bytes
  const bitloom::onnx::Elements elements = bitloom::onnx::elements_of(tensor);
  std::vector<float> values(elements.bytes.size() / sizeof(float));
  for (std::size_t at = 0; at < elements.bytes.size(); at += kPiece) {
    const std::string_view part = elements.bytes.substr(at, kPiece);
    std::memcpy(reinterpret_cast<char*>(values.data()) + at, part.data(), part.size());
    bitloom::onnx::release(tensor, part);
  }
  return values;
}

/// Of constants that are computed, or of another type or order than the graph's.
std::vector<float> converted(const bitloom::onnx::ParameterSource& source) {
  const bitloom::onnx::Constant& constant = *source.constant;
  Tensor values = onnx::value_of(constant).to(torch::kFloat32);
  if (constant.tensor) constant.evaluated.reset();  // it is in the file, should others read it
  if (source.is_transposed) values = values.t();
  std::vector<float> result = from_torch(values).values;
  if (constant.tensor) bitloom::onnx::release(*constant.tensor, constant.tensor->data);
  return result;
}

}  // namespace

weights::Parameters parameters_of(const bitloom::onnx::Imported& network) {
  weights::Parameters result;
  for (const weights::ParameterShape& each : weights::parameters_of(network.graph)) {
    const bitloom::onnx::ParameterSource& source = network.parameters.at(each.name);
    std::vector<float> values = is_plain(*source.constant) && !source.is_transposed
                                    ? copied(*source.constant->tensor)
                                    : converted(source);
    if (static_cast<std::int64_t>(values.size()) != graph::size_of(each.shape))
      throw UserError(fmt::format("network {}: '{}' has {} numbers, needs {}", network.graph.name(),
                                  each.name, values.size(), weights::to_text(each.shape)));
    const auto bad = std::find_if(values.begin(), values.end(),
                                  [](float value) { return !std::isfinite(value); });
    if (bad != values.end())
      throw UserError(fmt::format("network {}: '{}': number {} is {}, must be finite",
                                  network.graph.name(), each.name, bad - values.begin(), *bad));
    result[each.name] = {each.shape, std::move(values)};
  }
  return result;
}

}  // namespace bitloom::nn
