#include "models/torch/onnx/weight_grid.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "models/torch/onnx/constants.h"
#include "models/torch/onnx/scales.h"
#include "models/torch/onnx/table.h"

namespace bitloom::nn::onnx {
namespace {

using bitloom::onnx::Constant;

constexpr std::array kMoves{std::string_view("Identity"),  std::string_view("Transpose"),
                            std::string_view("Reshape"),   std::string_view("Squeeze"),
                            std::string_view("Unsqueeze"), std::string_view("Flatten"),
                            std::string_view("Slice"),     std::string_view("Expand")};
constexpr int kDeepest = 64;  // nodes between a quantizer and a layer

Tensor input(const Constant& constant, std::size_t which) {
  const bool has = which < constant.inputs.size() && constant.inputs[which];
  return has ? value_of(*constant.inputs[which]) : Tensor();
}

Tensor in_double(const Tensor& x, const Tensor& like) {
  return x.to(at::kDouble).expand_as(like).contiguous();
}

WeightGrid of_stored_codes(const Constant& constant) {
  const Node& node = constant.node;
  const Tensor stored = input(constant, 0), zero = input(constant, 2);
  const auto along_codes = [&](const Tensor& x) {
    return spread(x, stored, node.integer("axis", 1), node.integer("block_size", 0));
  };
  const Tensor codes = centered(stored, zero.defined() ? along_codes(zero) : zero).contiguous();
  return {.codes = codes,
          .steps = in_double(along_codes(input(constant, 1)), codes),
          .lowest = static_cast<std::int64_t>(codes.min().item<double>()),
          .highest = static_cast<std::int64_t>(codes.max().item<double>())};
}

/// Nothing where the values are no codes, as with a zero point that is no whole number.
std::optional<WeightGrid> of_quant(const Constant& constant) {
  constexpr double kNearly = 1e-3;             // of a step
  constexpr double kSingle = 1.0 / (1 << 23);  // what rounding to single precision takes
  const Tensor values = value_of(constant).to(at::kDouble).contiguous();
  const Tensor steps = in_double(input(constant, 1), values);
  WeightGrid grid{.codes = at::round(values / steps), .steps = steps};
  const Tensor error = (values / steps - grid.codes).abs();
  if (!(error <= kNearly + grid.codes.abs() * kSingle).all().item<bool>()) return std::nullopt;
  if (constant.node.op == "BipolarQuant") {
    grid.lowest = -1, grid.highest = 1, grid.is_bipolar = true;
    return grid;
  }
  const double bits = input(constant, 3).item<double>();
  const QuantLimits limits = quant_limits(constant.node, bits);
  const Tensor zero = input(constant, 2).to(at::kDouble);
  if (!(zero == at::floor(zero)).all().item<bool>()) return std::nullopt;
  grid.lowest = limits.least - static_cast<std::int64_t>(zero.max().item<double>());
  grid.highest = limits.most - static_cast<std::int64_t>(zero.min().item<double>());
  grid.is_bipolar = bits == 1 && limits.least < 0 && (zero == 0).all().item<bool>();
  return grid;
}

/// The node that moves elements, with others in their place.
Tensor moved(const Constant& constant, const Tensor& elements) {
  const Operator* row = operator_of(constant.node.domain, constant.node.op);
  ensure(row != nullptr, "LibTorch has a rule for nodes that move elements");
  std::vector<Tensor> inputs{elements};
  for (std::size_t i = 1; i < constant.inputs.size(); ++i) inputs.push_back(input(constant, i));
  return evaluate(*row, {constant.node, inputs}).at(constant.output);
}

std::optional<WeightGrid> followed(const Constant& constant, int depth) {
  const std::string& op = constant.node.op;
  if (constant.tensor || depth > kDeepest || constant.inputs.empty() || !constant.inputs[0])
    return std::nullopt;
  if (op == "DequantizeLinear") return of_stored_codes(constant);
  if (op == "Quant" || op == "IntQuant" || op == "BipolarQuant") return of_quant(constant);
  if (std::find(kMoves.begin(), kMoves.end(), op) == kMoves.end()) return std::nullopt;
  std::optional<WeightGrid> grid = followed(*constant.inputs[0], depth + 1);
  if (!grid) return std::nullopt;
  grid->codes = moved(constant, grid->codes);
  grid->steps = moved(constant, grid->steps);
  return grid;
}

}  // namespace

QuantLimits quant_limits(const Node& node, double bits) {
  constexpr int kMostBits = 32;
  if (!(bits >= 1 && bits <= kMostBits))
    throw UserError(fmt::format("{} '{}': a bit width of {}", node.op, node.name, bits));
  const bool is_signed = node.integer("signed", 1) != 0;
  if (is_signed && bits == 1) return {-1, 1};
  const std::int64_t narrow = node.integer("narrow", 0) != 0 ? 1 : 0;
  const auto half = static_cast<std::int64_t>(std::exp2(bits - 1));
  const auto whole = static_cast<std::int64_t>(std::exp2(bits));
  if (!is_signed) return {0, whole - 1 - narrow};
  return {narrow - half, half - 1};
}

std::optional<WeightGrid> weight_grid(const Constant& constant) { return followed(constant, 0); }

}  // namespace bitloom::nn::onnx
