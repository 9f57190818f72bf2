// Attention and embeddings of ONNX Runtime's domain com.microsoft
// (https://github.com/microsoft/onnxruntime, docs/ContribOperators.md).
#include <algorithm>
#include <limits>

#include "base/error.h"
#include "models/torch/onnx/heads.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

/// Which keys a query may see, by a mask of lengths {batch}, of ends and starts {2 batch}, of
/// truth {batch, total}, or with dimensions of its own for queries and heads.
Tensor allowed_keys(const Tensor& mask, std::int64_t batch, std::int64_t length,
                    std::int64_t total) {
  const Tensor places = at::arange(total);
  if (mask.dim() == 1) {
    const Tensor ends = mask.narrow(0, 0, batch).to(at::kLong).reshape({batch, 1, 1, 1});
    if (mask.numel() != 2 * batch) return places < ends;
    const Tensor starts = mask.narrow(0, batch, batch).to(at::kLong).reshape({batch, 1, 1, 1});
    return at::logical_and(places < ends, places >= starts);
  }
  if (mask.dim() == 2) return mask.reshape({batch, 1, 1, total}) != 0;
  if (mask.dim() == 3) return mask.unsqueeze(1) != 0;
  const std::int64_t first = total - length;  // of a mask for the longest sequences
  return mask.narrow(2, first, length).narrow(3, 0, total) != 0;
}

/// What is added to the products: the mask, causality, and a bias that is given.
Tensor sum_of_biases(const Call& call, const Tensor& q, std::int64_t total, const Tensor& mask,
                     const Tensor& given) {
  const double filter = call.node.real("mask_filter_value", -10000.0F);
  const at::ScalarType type = q.scalar_type();
  const std::int64_t length = q.size(2);
  Tensor bias = at::zeros({1, 1, length, total}, q.options());
  if (mask.defined())
    bias = bias + bias_of(allowed_keys(mask, q.size(0), length, total), type, filter);
  if (call.node.integer("unidirectional", 0) != 0)
    bias = bias + bias_of(causal_mask(length, total, total - length), type, filter);
  return given.defined() ? bias + given : bias;
}

Outputs packed_attention(const Call& call) {
  const Node& node = call.node;
  if (node.integer("do_rotary", 0) != 0) throw unsupported("do_rotary");
  const std::int64_t heads = node.integer("num_heads", 0);
  Tensor all = at::matmul(call[0], call[1]);
  if (call.has(2)) all = all + call[2];
  const std::int64_t third = all.size(2) / 3;
  const Integers sizes = node.integers("qkv_hidden_sizes", {third, third, third});
  const std::vector<Tensor> parts = at::split_with_sizes(all, sizes, 2);
  if (parts.size() != 3) throw UserError("qkv_hidden_sizes needs 3 values");
  const Tensor q = split_heads(parts[0], heads);
  Tensor k = split_heads(parts[1], heads);
  Tensor v = split_heads(parts[2], heads);
  if (call.has(4)) {
    k = at::cat({call[4][0], k}, 2);
    v = at::cat({call[4][1], v}, 2);
  }
  const Tensor bias = sum_of_biases(call, q, k.size(2), call.optional(3), call.optional(5));
  Outputs y{join_heads(attend(q, k, v, bias, node.real("scale", 0)).output)};
  if (node.outputs.size() > 1) y.push_back(at::stack({k, v}));
  return y;
}

struct Operands {
  Tensor q, k, v;  // {batch, heads, length, size}
};

/// Apart, or packed as {batch, length, heads, 3, size}, or keys with values so.
Operands operands_of(const Call& call, std::int64_t heads) {
  const auto part = [](const Tensor& packed, std::int64_t i) {
    return packed.select(3, i).transpose(1, 2);
  };
  if (call[0].dim() == 5) return {part(call[0], 0), part(call[0], 1), part(call[0], 2)};
  const Tensor q = split_heads(call[0], heads);
  if (call[1].dim() == 5) return {q, part(call[1], 0), part(call[1], 1)};
  return {q, split_heads(call[1], heads), split_heads(call[2], heads)};
}

/// The part of a bias {q, k, v} that starts there, for heads of that tensor.
Tensor with_bias(const Tensor& x, const Tensor& bias, std::int64_t start) {
  const std::int64_t width = x.size(1) * x.size(3);
  return x + bias.narrow(0, start, width).reshape({1, x.size(1), 1, x.size(3)});
}

Outputs multi_head_attention(const Call& call) {
  const Node& node = call.node;
  Operands x = operands_of(call, node.integer("num_heads", 0));
  if (call.has(3)) {
    const std::int64_t width = x.q.size(1) * x.q.size(3);
    x.q = with_bias(x.q, call[3], 0);
    if (call[1].dim() != 4) {
      x.k = with_bias(x.k, call[3], width);
      x.v = with_bias(x.v, call[3], 2 * width);
    }
  }
  if (call.has(6)) x.k = at::cat({call[6], x.k}, 2);
  if (call.has(7)) x.v = at::cat({call[7], x.v}, 2);
  const Tensor bias = sum_of_biases(call, x.q, x.k.size(2), call.optional(4), call.optional(5));
  const Attended y = attend(x.q, x.k, x.v, bias, node.real("scale", 0), 0, call.operands);
  return {join_heads(y.output), x.k, x.v, y.products};
}

/// Angles of the cache at positions {batch, length}.
Tensor angles_at(const Tensor& cache, const Tensor& positions) {
  return at::embedding(cache, positions).unsqueeze(1);
}

Outputs rotary(const Call& call) {
  const bool is_split = call[0].dim() == 4;
  const std::int64_t given = call.node.integer("num_heads", 0);
  const std::int64_t angles = std::max<std::int64_t>(call[2].size(1), 1);
  const std::int64_t heads = is_split || given > 0 ? given : call[0].size(2) / (2 * angles);
  const Tensor x = split_heads(call[0], heads);
  Tensor positions = call[1].to(at::kLong);
  if (positions.numel() == 1)
    positions = (positions.reshape({1, 1}) + at::arange(x.size(2))).expand({x.size(0), x.size(2)});
  const Tensor y = rotated(x, angles_at(call[2], positions), angles_at(call[3], positions),
                           call.node.integer("interleaved", 0) != 0);
  return {is_split ? y : join_heads(y)};
}

/// The new keys or values behind those of each image that are there already.
Tensor with_past(const Tensor& past, const Tensor& x, const Tensor& positions, std::int64_t total) {
  Tensor y = at::zeros({x.size(0), x.size(1), total, x.size(3)}, x.options());
  if (past.defined()) y.narrow(2, 0, past.size(2)).copy_(past);
  const Tensor places = positions.reshape({x.size(0), 1, -1, 1}).expand_as(x);
  return y.scatter(2, places, x);
}

Operands grouped_operands(const Call& call) {
  const std::int64_t heads = call.node.integer("num_heads", 0);
  const std::int64_t key_heads = call.node.integer("kv_num_heads", 0);
  if (call.has(1))
    return {split_heads(call[0], heads), split_heads(call[1], key_heads),
            split_heads(call[2], key_heads)};
  constexpr std::int64_t kMost = 1 << 20;
  if (heads < 1 || key_heads < 1 || heads > kMost || key_heads > kMost)
    throw UserError("num_heads and kv_num_heads must be above 0");
  const std::int64_t size = call[0].size(2) / (heads + 2 * key_heads);
  const std::vector<Tensor> parts =
      at::split_with_sizes(call[0], {heads * size, key_heads * size, key_heads * size}, 2);
  return {split_heads(parts[0], heads), split_heads(parts[1], key_heads),
          split_heads(parts[2], key_heads)};
}

/// Causal, with keys' heads shared by queries; `seqlens_k` is the length of each image, past and
/// new, less one.
Outputs grouped_query_attention(const Call& call) {
  const Node& node = call.node;
  Operands x = grouped_operands(call);
  const std::int64_t length = x.q.size(2);
  const Tensor totals = call[5].to(at::kLong).reshape({-1, 1}) + 1;
  const bool has_past = call.has(3) && call[3].size(2) > 0;
  const Tensor starts = has_past ? totals - length : at::zeros_like(totals);
  const Tensor positions = starts + at::arange(length);
  if (node.integer("do_rotary", 0) != 0) {
    const bool is_interleaved = node.integer("rotary_interleaved", 0) != 0;
    const Tensor cosines = angles_at(call[7], positions);
    const Tensor sines = angles_at(call[8], positions);
    x.q = rotated(x.q, cosines, sines, is_interleaved);
    x.k = rotated(x.k, cosines, sines, is_interleaved);
  }
  const std::int64_t asked = integers_in(call[6]).at(0);
  const std::int64_t total = std::max(asked, has_past ? call[3].size(2) : length);
  const Tensor past_key = has_past ? call[3] : Tensor();
  const Tensor past_value = has_past ? call[4] : Tensor();
  const Tensor k = with_past(past_key, x.k, positions, total);
  const Tensor v = with_past(past_value, x.v, positions, total);
  const Tensor places = at::arange(total).reshape({1, 1, 1, total});
  const Tensor queries = positions.reshape({-1, 1, length, 1});
  Tensor is_allowed = places <= queries;
  const std::int64_t window = node.integer("local_window_size", -1);
  if (window > 0) is_allowed = at::logical_and(is_allowed, places > queries - window);
  const double never = -std::numeric_limits<double>::infinity();
  const Attended y = attend(x.q, repeated_heads(k, x.q.size(1)), repeated_heads(v, x.q.size(1)),
                            bias_of(is_allowed, x.q.scalar_type(), never), node.real("scale", 0),
                            node.real("softcap", 0), call.operands);
  return {join_heads(y.output), k, v};
}

/// Words, positions and segments, summed and normalized.
Outputs embed_layer_norm(const Call& call) {
  const Tensor words = call[0].to(at::kLong);
  const Tensor positions =
      call.has(8) ? call[8].to(at::kLong) : at::arange(words.size(1)).unsqueeze(0);
  Tensor sum = at::embedding(call[2], words) + at::embedding(call[3], positions);
  if (call.has(1) && call.has(4)) sum = sum + at::embedding(call[4], call[1].to(at::kLong));
  const Tensor y = at::layer_norm(sum, {sum.size(-1)}, call[5], call[6],
                                  call.node.real("epsilon", 1e-12F), false);
  const Tensor lengths =
      call.has(7) ? call[7].sum(1).to(at::kInt) : at::zeros({words.size(0)}, at::kInt);
  return {y, lengths, sum};
}

const Operator kMicrosoft[] = {
    {"com.microsoft", "Attention", packed_attention},
    {"com.microsoft", "EmbedLayerNormalization", embed_layer_norm},
    {"com.microsoft", "GroupQueryAttention", grouped_query_attention},
    {"com.microsoft", "MultiHeadAttention", multi_head_attention},
    {"com.microsoft", "RotaryEmbedding", rotary},
};

}  // namespace

Operators microsoft_operators() { return kMicrosoft; }

}  // namespace bitloom::nn::onnx
