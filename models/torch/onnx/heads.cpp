#include "models/torch/onnx/heads.h"

#include <cmath>

#include "base/error.h"

namespace bitloom::nn::onnx {

Tensor split_heads(const Tensor& x, std::int64_t heads) {
  if (x.dim() == 4) return x;
  if (x.dim() != 3 || heads < 1 || x.size(2) % heads != 0)
    throw UserError("the number of heads does not divide the features");
  return x.reshape({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

Tensor join_heads(const Tensor& x) {
  return x.transpose(1, 2).reshape({x.size(0), x.size(2), x.size(1) * x.size(3)});
}

Tensor repeated_heads(const Tensor& x, std::int64_t heads) {
  if (x.size(1) == heads) return x;
  if (x.size(1) < 1 || heads % x.size(1) != 0)
    throw UserError("the heads of keys do not divide those of queries");
  return at::repeat_interleave(x, heads / x.size(1), 1);
}

Tensor causal_mask(std::int64_t length, std::int64_t total, std::int64_t offset) {
  return at::arange(total).unsqueeze(0) <= at::arange(length).unsqueeze(1) + offset;
}

Tensor bias_of(const Tensor& is_allowed, at::ScalarType type, double otherwise) {
  const Tensor zero = at::zeros({}, type);
  return at::where(is_allowed, zero, at::full({}, otherwise, zero.options()));
}

Attended attend(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& bias, double scale,
                double softcap, const InnerOperands* operands) {
  using enum InnerOperands::Product;
  if (q.dim() != 4 || k.dim() != 4 || v.dim() != 4)
    throw UserError("queries, keys and values need 4 dimensions");
  const double factor = scale != 0 ? scale : 1 / std::sqrt(static_cast<double>(q.size(3)));
  Attended y;
  const Tensor queries = operands ? operands->first(kScores, q) : q;
  const Tensor keys = operands ? operands->second(kScores, k) : k;
  y.products = at::matmul(queries * factor, keys.transpose(-1, -2));
  const Tensor capped = softcap > 0 ? softcap * at::tanh(y.products / softcap) : y.products;
  y.biased = bias.defined() ? capped + bias : capped;
  y.weights = at::softmax(y.biased, -1);
  const Tensor shares = operands ? operands->first(kContext, y.weights) : y.weights;
  y.output = at::matmul(shares, operands ? operands->second(kContext, v) : v);
  return y;
}

Tensor rotated(const Tensor& x, const Tensor& cosines, const Tensor& sines, bool is_interleaved) {
  const std::int64_t half = cosines.size(-1);
  if (2 * half > x.size(-1)) throw UserError("more angles than pairs of elements");
  const Tensor part = x.narrow(-1, 0, 2 * half);
  const Tensor rest = x.narrow(-1, 2 * half, x.size(-1) - 2 * half);
  const Tensor a = is_interleaved ? part.slice(-1, 0, 2 * half, 2) : part.narrow(-1, 0, half);
  const Tensor b = is_interleaved ? part.slice(-1, 1, 2 * half, 2) : part.narrow(-1, half, half);
  const Tensor first = a * cosines - b * sines;
  const Tensor second = a * sines + b * cosines;
  const Tensor turned =
      is_interleaved ? at::stack({first, second}, -1).flatten(-2) : at::cat({first, second}, -1);
  return at::cat({turned, rest}, -1);
}

}  // namespace bitloom::nn::onnx
