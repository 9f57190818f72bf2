// Products of matrices, and losses of classes.
#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

Outputs matrix_product(const Call& call) { return {at::matmul(call[0], call[1])}; }

Tensor scaled(const Tensor& x, float factor) {
  return factor == 1 ? x : (x * factor).to(x.scalar_type());
}

Outputs general_product(const Call& call) {
  const Node& node = call.node;
  if (call[0].dim() != 2 || call[1].dim() != 2) throw UserError("a factor is no matrix");
  const Tensor a = node.integer("transA", 0) != 0 ? call[0].t() : call[0];
  const Tensor b = node.integer("transB", 0) != 0 ? call[1].t() : call[1];
  const Tensor y = scaled(at::matmul(a, b), node.real("alpha", 1));
  return {call.has(2) ? y + scaled(call[2], node.real("beta", 1)) : y};
}

Outputs einsum(const Call& call) {
  std::vector<Tensor> operands;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) operands.push_back(call[i]);
  return {at::einsum(call.node.text("equation", ""), operands)};
}

/// The batch's dimensions, which `transBatch` has between the matrix's, moved before them.
Tensor with_batch_first(const Tensor& x, bool is_batch_inside) {
  return is_batch_inside && x.dim() > 2 ? x.movedim(0, -2) : x;
}

/// com.microsoft: alpha times the product of matrices, each transposed where asked.
Outputs fused_product(const Call& call) {
  const Node& node = call.node;
  Tensor a = with_batch_first(call[0], node.integer("transBatchA", 0) != 0);
  Tensor b = with_batch_first(call[1], node.integer("transBatchB", 0) != 0);
  if (node.integer("transA", 0) != 0 && a.dim() > 1) a = a.transpose(-1, -2);
  if (node.integer("transB", 0) != 0 && b.dim() > 1) b = b.transpose(-1, -2);
  return {scaled(at::matmul(a, b), node.real("alpha", 1))};
}

/// The mean is weighted by the weights of the classes that are there.
Tensor reduced(const Call& call, const Tensor& losses, const Tensor& weights) {
  const std::string reduction = call.node.text("reduction", "mean");
  if (reduction == "none") return losses;
  if (reduction == "sum") return losses.sum();
  return losses.sum() / weights.sum();
}

/// Of log-probabilities {batch, classes, ...}; classes `ignore_index` count nothing.
Tensor likelihood_loss(const Call& call, const Tensor& logarithms) {
  const Tensor classes = call[1].to(at::kLong).unsqueeze(1);
  const bool ignores = call.node.has("ignore_index");
  const Tensor is_ignored = ignores ? classes == call.node.integer("ignore_index", 0)
                                    : at::zeros_like(classes, at::kBool);
  const Tensor places = at::where(is_ignored, at::zeros_like(classes), classes);
  const Tensor weight =
      call.has(2) ? call[2] : at::ones({logarithms.size(1)}, logarithms.options());
  const Tensor weights = at::where(is_ignored, scalar_like(weight, 0), weight.take(places));
  const Tensor losses = -at::gather(logarithms, 1, places) * weights;
  return reduced(call, losses.squeeze(1), weights);
}

Outputs negative_log_likelihood(const Call& call) { return {likelihood_loss(call, call[0])}; }

Outputs cross_entropy(const Call& call) {
  const Tensor logarithms = at::log_softmax(call[0], 1);
  return {likelihood_loss(call, logarithms), logarithms};
}

const Operator kProducts[] = {
    {"", "Einsum", einsum},
    {"", "Gemm", general_product},
    {"", "MatMul", matrix_product},
    {"", "NegativeLogLikelihoodLoss", negative_log_likelihood},
    {"", "SoftmaxCrossEntropyLoss", cross_entropy},
    {"com.microsoft", "FusedMatMul", fused_product},
    {"com.microsoft", "TransposeMatMul", fused_product},
};

}  // namespace

Operators product_operators() { return kProducts; }

}  // namespace bitloom::nn::onnx
