// ONNX's own attention and rotary embedding (from version 23).
#include <limits>

#include "base/error.h"
#include "models/torch/onnx/heads.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

Tensor after_past(const Tensor& past, const Tensor& x) {
  return past.defined() ? at::cat({past, x}, 2) : x;
}

/// The mask as numbers to add, as long as the keys are.
Tensor mask_bias(const Tensor& mask, std::int64_t total, at::ScalarType type) {
  const bool is_truth = mask.scalar_type() == at::kBool;
  const Tensor bias = is_truth ? bias_of(mask, type, kNever) : mask.to(type);
  return bias.size(-1) < total ? at::constant_pad_nd(bias, {0, total - bias.size(-1)}, kNever)
                               : bias;
}

/// The mask, causality, and the end of the keys that are no padding (version 24).
Tensor attention_bias(const Call& call, const Tensor& q, std::int64_t total) {
  const at::ScalarType type = q.scalar_type();
  const std::int64_t length = q.size(2);
  Tensor bias = at::zeros({length, total}, type);
  if (call.has(3)) bias = bias + mask_bias(call[3], total, type);
  const Tensor ends = call.has(6) ? call[6].to(at::kLong).reshape({-1, 1, 1, 1}) : Tensor();
  if (call.node.integer("is_causal", 0) != 0) {
    const std::int64_t past = call.has(4) ? call[4].size(2) : 0;
    const Tensor is_allowed =
        ends.defined() && !call.has(4)
            ? at::arange(total) <= at::arange(length).unsqueeze(1) + (ends - length)
            : causal_mask(length, total, past);
    bias = bias + bias_of(is_allowed, type, kNever);
  }
  return ends.defined() ? bias + bias_of(at::arange(total) < ends, type, kNever) : bias;
}

Outputs attention(const Call& call) {
  const Node& node = call.node;
  const bool is_split = call[0].dim() == 4;
  const Tensor q = split_heads(call[0], node.integer("q_num_heads", 0));
  const std::int64_t key_heads = node.integer("kv_num_heads", 0);
  const Tensor k = after_past(call.optional(4), split_heads(call[1], key_heads));
  const Tensor v = after_past(call.optional(5), split_heads(call[2], key_heads));
  const Attended y = attend(q, repeated_heads(k, q.size(1)), repeated_heads(v, q.size(1)),
                            attention_bias(call, q, k.size(2)), node.real("scale", 0),
                            node.real("softcap", 0), call.operands);
  const Tensor output = is_split ? y.output : join_heads(y.output);
  const std::int64_t mode = node.integer("qk_matmul_output_mode", 0);
  const double cap = node.real("softcap", 0);
  const Tensor capped = cap > 0 ? cap * at::tanh(y.products / cap) : y.products;
  const Tensor shown = mode == 0   ? y.products
                       : mode == 1 ? capped
                       : mode == 2 ? y.biased
                                   : y.weights;
  return {output, k, v, shown};
}

Outputs rotary_embedding(const Call& call) {
  const bool is_split = call[0].dim() == 4;
  const Tensor x = split_heads(call[0], call.node.integer("num_heads", 0));
  const auto angles = [&](std::size_t which) {
    const Tensor at_positions =
        call.has(3) ? at::embedding(call[which], call[3].to(at::kLong)) : call[which];
    return at_positions.unsqueeze(1);
  };
  const Tensor y = rotated(x, angles(1), angles(2), call.node.integer("interleaved", 0) != 0);
  return {is_split ? y : join_heads(y)};
}

const Operator kAttention[] = {
    {"", "Attention", attention},
    {"", "RotaryEmbedding", rotary_embedding},
};

}  // namespace

Operators attention_operators() { return kAttention; }

}  // namespace bitloom::nn::onnx
