#include <algorithm>

#include <fmt/format.h>

#include "models/onnx/inference/rule.h"

namespace bitloom::onnx {
namespace {

/// LSTM, GRU and RNN: X is [steps, batch, features], with layout 1 [batch, steps, features].
void recurrent(NodeView& node) {
  const Shape& x = node.dims(0);
  const Shape& r = node.dims(2);  // [directions, gates * hidden, hidden]
  if (x.size() != 3 || r.size() != 3) throw node.refuse(fmt::format("reads {}", graph::to_text(x)));
  const bool batch_first = node.node().integer("layout", 0) != 0;
  const std::int64_t steps = x[batch_first ? 1 : 0], batch = x[batch_first ? 0 : 1];
  const std::int64_t directions = r[0], hidden = r[2];
  const Shape all = batch_first ? Shape{batch, steps, directions, hidden}
                                : Shape{steps, directions, batch, hidden};
  const Shape last =
      batch_first ? Shape{batch, directions, hidden} : Shape{directions, batch, hidden};
  node.output(0, all, node.type(0));
  node.output(1, last, node.type(0));
  node.output(2, last, node.type(0));
}

/// A number of heads that an attribute tells.
std::int64_t heads_told(const NodeView& node, const char* name) {
  constexpr std::int64_t kMost = 1 << 20;
  const std::int64_t heads = node.node().integer(name, 1);
  if (heads < 1 || heads > kMost) throw node.refuse(fmt::format("{} of {}", name, heads));
  return heads;
}

/// Heads and their width of an operand: [batch, heads, length, width] or [batch, length, heads *
/// width].
struct Heads {
  std::int64_t heads, length, width;
};

Heads heads_of(NodeView& node, std::size_t which, const char* count) {
  const Shape& dims = node.dims(which);
  if (dims.size() == 4) return {dims[1], dims[2], dims[3]};
  const std::int64_t heads = heads_told(node, count);
  if (dims.size() != 3 || dims[2] % heads != 0)
    throw node.refuse(fmt::format("reads {} as {} heads", graph::to_text(dims), heads));
  return {heads, dims[1], dims[2] / heads};
}

/// Attention of opset 23 and later: Y has Q's form and V's width; keys and values grow by the past.
void attention(NodeView& node) {
  const Heads q = heads_of(node, 0, "q_num_heads");
  const Heads k = heads_of(node, 1, "kv_num_heads");
  const Heads v = heads_of(node, 2, "kv_num_heads");
  const std::int64_t batch = node.dim(0, 0);
  if (node.rank(1) != node.rank(0) || node.rank(2) != node.rank(0))
    throw node.refuse("its operands have different numbers of dimensions");
  const std::int64_t past = node.has(4) ? node.dim(4, 2) : 0;
  const std::int64_t total = past + k.length;
  if (node.dims(0).size() == 4)
    node.output({batch, q.heads, q.length, v.width});
  else
    node.output({batch, q.length, q.heads * v.width});
  node.output(1, {batch, k.heads, total, k.width}, node.type(0));
  node.output(2, {batch, v.heads, total, v.width}, node.type(0));
  node.output(3, {batch, q.heads, q.length, total}, node.type(0));
}

/// com.microsoft's: the products with the weights are its own; [batch, length, hidden].
void microsoft_attention(NodeView& node) {
  const Shape& x = node.dims(0);
  const Shape& weights = node.dims(1);
  const std::int64_t heads = heads_told(node, "num_heads");
  const Shape sizes = node.node().integers("qkv_hidden_sizes");
  const bool fits = (sizes.empty() || sizes.size() == 3) &&
                    std::all_of(sizes.begin(), sizes.end(), [](std::int64_t s) { return s >= 1; });
  if (x.size() != 3 || weights.size() != 2 || !fits)
    throw node.refuse(fmt::format("reads {}", graph::to_text(x)));
  const std::int64_t hidden = sizes.size() == 3 ? sizes[2] : weights[1] / 3;
  node.output({x[0], x[1], hidden});
  const std::int64_t past = node.has(4) ? node.dim(4, 3) : 0;
  node.output(1, {2, x[0], heads, past + x[1], hidden / heads}, node.type(0));
}

void multi_head_attention(NodeView& node) {
  const Shape& q = node.dims(0);
  heads_told(node, "num_heads");
  if (q.size() == 5) {  // packed: [batch, length, heads, 3, width]
    node.output({q[0], q[1], q[2] * q[4]});
    return;
  }
  if (q.size() != 3) throw node.refuse(fmt::format("reads {}", graph::to_text(q)));
  std::int64_t hidden = q[2];
  if (node.has(2)) {
    const Shape& v = node.dims(2);
    hidden = v.size() == 4 ? v[1] * v[3] : v.back();
  }
  node.output({q[0], q[1], hidden});
}

void group_query_attention(NodeView& node) {
  const Shape& q = node.dims(0);
  const std::int64_t heads = heads_told(node, "num_heads");
  const std::int64_t kv_heads = heads_told(node, "kv_num_heads");
  if (q.size() != 3) throw node.refuse(fmt::format("reads {}", graph::to_text(q)));
  const bool is_packed = !node.has(1);
  const std::int64_t width = is_packed ? q[2] / (heads + 2 * kv_heads) : q[2] / heads;
  node.output({q[0], q[1], heads * width});
  if (!node.has(3)) return;
  Shape cache = node.dims(3);
  if (cache.size() == 4) cache[2] = std::max(cache[2], cache[2] + q[1]);
  node.output(1, cache, node.type(0));
  node.output(2, cache, node.type(0));
}

/// Embeddings of words, positions and segments, normalised; the mask's sums.
void embed_layer_norm(NodeView& node) {
  const Shape& ids = node.dims(0);
  const Shape& table = node.dims(2);
  if (ids.size() != 2 || table.size() != 2)
    throw node.refuse(fmt::format("reads {}", graph::to_text(ids)));
  node.output(0, {ids[0], ids[1], table[1]}, node.type(2));
  node.output(1, {ids[0]}, ElementType::kInt32);
}

}  // namespace

const Rules& sequence_rules() {
  static const Rules table{{"LSTM", recurrent},
                           {"GRU", recurrent},
                           {"RNN", recurrent},
                           {"Attention", attention},
                           {"com.microsoft.Attention", microsoft_attention},
                           {"MultiHeadAttention", multi_head_attention},
                           {"GroupQueryAttention", group_query_attention},
                           {"EmbedLayerNormalization", embed_layer_norm}};
  return table;
}

}  // namespace bitloom::onnx
