#include "models/torch/onnx/table.h"

#include <algorithm>
#include <map>

namespace bitloom::nn::onnx {

std::vector<Operator> operators() {
  std::vector<Operator> all;
  for (const Operators kind :
       {unary_operators(),        activation_operators(),    binary_operators(),
        reduction_operators(),    order_operators(),         shape_operators(),
        constant_operators(),     layout_operators(),        slicing_operators(),
        indexing_operators(),     convolution_operators(),   pool_operators(),
        resize_operators(),       normalization_operators(), product_operators(),
        detection_operators(),    quantization_operators(),  quantized_operators(),
        qonnx_operators(),        recurrent_operators(),     attention_operators(),
        block_weight_operators(), microsoft_operators()})
    all.insert(all.end(), kind.begin(), kind.end());
  return all;
}

const Operator* operator_of(std::string_view domain, std::string_view op) {
  static const std::map<std::pair<std::string_view, std::string_view>, Operator> by_name = [] {
    std::map<std::pair<std::string_view, std::string_view>, Operator> rows;
    for (const Operator& row : operators()) rows.emplace(std::pair{row.domain, row.op}, row);
    return rows;
  }();
  const auto found = by_name.find({domain, op});
  return found == by_name.end() ? nullptr : &found->second;
}

}  // namespace bitloom::nn::onnx
