// Quantizers of QONNX (https://github.com/fastmachinelearning/qonnx, docs/qonnx-custom-ops), as
// Brevitas writes them. Their results are real numbers on a grid.
#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

/// The next whole number: ROUND to the nearest, half to even. The last five are those of QKeras
/// and Brevitas that newer files name.
Tensor whole(const Tensor& x, std::string mode) {
  std::transform(mode.begin(), mode.end(), mode.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (mode == "ROUND" || mode == "HALF_EVEN") return at::round(x);
  if (mode == "CEIL") return at::ceil(x);
  if (mode == "FLOOR") return at::floor(x);
  if (mode == "UP") return at::sign(x) * at::ceil(at::abs(x));
  if (mode == "DOWN" || mode == "ROUND_TO_ZERO") return at::trunc(x);
  if (mode == "HALF_UP") return at::sign(x) * at::floor(at::abs(x) + 0.5);
  if (mode == "HALF_DOWN") return at::sign(x) * at::ceil(at::abs(x) - 0.5);
  throw UserError("unknown rounding_mode '" + mode +
                  "' (known: CEIL, DOWN, FLOOR, HALF_DOWN, HALF_UP, ROUND, UP)");
}

struct Limits {
  double least, most;
};

Limits limits_of_bits(const Call& call, const Tensor& bit_width) {
  if (bit_width.numel() != 1) throw unsupported("a bit width for each channel");
  const double bits = bit_width.item<double>();
  if (!(bits >= 1 && bits <= 64)) throw UserError("the bit width is not in [1, 64]");
  const bool is_signed = call.node.integer("signed", 1) != 0;
  const double narrow = call.node.integer("narrow", 0) != 0 ? 1 : 0;
  if (!is_signed) return {0, std::exp2(bits) - 1 - narrow};
  return {narrow - std::exp2(bits - 1), std::exp2(bits - 1) - 1};
}

/// Codes are cut to their limits before they are rounded; signed ones of one bit are -1 and 1.
Outputs quantize_to_bits(const Call& call) {
  const Tensor& scale = call[1];
  const Tensor& zero_point = call[2];
  const Limits limits = limits_of_bits(call, call[3]);
  Tensor codes = call[0] / scale + zero_point;
  const bool is_bipolar = call[3].item<double>() == 1 && call.node.integer("signed", 1) != 0;
  if (is_bipolar) {
    codes = at::where(codes >= 0, at::ones_like(codes), -at::ones_like(codes));
  } else {
    codes = whole(at::clamp(codes, limits.least, limits.most),
                  call.node.text("rounding_mode", "ROUND"));
  }
  return {(codes - zero_point) * scale};
}

Outputs bipolar(const Call& call) {
  const Tensor& x = call[0];
  return {at::where(x >= 0, at::ones_like(x), -at::ones_like(x)) * call[1]};
}

/// Drops low bits of codes. Version 1 (x, scale, zero point, bits in, bits out) keeps the scale;
/// version 2 (x, scale, zero point, bits in, scale out, bits out) states the new one, whose ratio
/// to the old is a power of two.
Outputs truncate(const Call& call) {
  const Tensor& scale = call[1];
  const Tensor& zero_point = call[2];
  const std::string mode = call.node.text("rounding_mode", "FLOOR");
  const Tensor codes = at::round(call[0] / scale + zero_point);
  if (!call.has(5)) {
    const double ratio = std::exp2(call[3].item<double>() - call[4].item<double>());
    return {(whole(codes / ratio, mode) - zero_point) * scale};
  }
  const Limits limits = limits_of_bits(call, call[call.inputs.size() - 1]);
  const Tensor ratio = at::exp2(at::round(at::log2(call[4] / scale)));
  const Tensor kept = whole(at::clamp(codes / ratio, limits.least, limits.most), mode);
  return {(kept - zero_point / ratio) * call[4]};
}

/// The same four for each spelling of the domain; an undeclared one reads like ONNX's own.
const Operator kQonnx[] = {
    {"", "BipolarQuant", bipolar},
    {"", "IntQuant", quantize_to_bits},
    {"", "Quant", quantize_to_bits},
    {"", "Trunc", truncate},
    {"finn.custom_op.general", "BipolarQuant", bipolar},
    {"finn.custom_op.general", "IntQuant", quantize_to_bits},
    {"finn.custom_op.general", "Quant", quantize_to_bits},
    {"finn.custom_op.general", "Trunc", truncate},
    {"onnx.brevitas", "BipolarQuant", bipolar},
    {"onnx.brevitas", "IntQuant", quantize_to_bits},
    {"onnx.brevitas", "Quant", quantize_to_bits},
    {"onnx.brevitas", "Trunc", truncate},
    {"qonnx.custom_op.general", "BipolarQuant", bipolar},
    {"qonnx.custom_op.general", "IntQuant", quantize_to_bits},
    {"qonnx.custom_op.general", "Quant", quantize_to_bits},
    {"qonnx.custom_op.general", "Trunc", truncate},
};

}  // namespace

Operators qonnx_operators() { return kQonnx; }

}  // namespace bitloom::nn::onnx
