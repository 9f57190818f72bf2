// Products with weights of few bits (com.microsoft, docs/ContribOperators.md).
#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

/// Codes of 2, 4 or 8 bits, packed from the low bits of each byte up, along the last dimension.
Tensor unpacked(const Tensor& bytes, std::int64_t bits) {
  const Tensor whole = bytes.to(at::kInt);
  std::vector<Tensor> parts;
  for (std::int64_t shift = 0; shift < 8; shift += bits)
    parts.push_back(at::bitwise_and(at::bitwise_right_shift(whole, shift), (1 << bits) - 1));
  return at::stack(parts, -1).flatten(-2);
}

struct Packing {
  std::int64_t inputs, outputs, bits, block, blocks;
};

Packing packing_of(const Call& call) {
  const Node& node = call.node;
  const Packing p{node.integer("K", 0), node.integer("N", 0), node.integer("bits", 4),
                  node.integer("block_size", 0), 0};
  if (p.bits != 2 && p.bits != 4 && p.bits != 8)
    throw unsupported("codes of other than 2, 4 or 8 bits");
  constexpr std::int64_t kMost = 1 << 30;
  if (p.inputs < 1 || p.inputs > kMost || p.outputs < 1 || p.outputs > kMost || p.block < 1 ||
      p.block > kMost)
    throw UserError("K, N and block_size must be above 0");
  return {p.inputs, p.outputs, p.bits, p.block, (p.inputs + p.block - 1) / p.block};
}

/// {outputs, blocks, 1}: of each block, packed like the codes unless they are real numbers.
Tensor zero_points(const Call& call, const Packing& p) {
  if (!call.has(3)) return at::full({1, 1, 1}, 1 << (p.bits - 1), at::kFloat);
  const bool is_packed = call[3].scalar_type() == at::kByte;
  const Tensor rows = call[3].reshape({p.outputs, -1});
  const Tensor values = is_packed ? unpacked(rows, p.bits) : rows;
  return values.narrow(1, 0, p.blocks).unsqueeze(2).to(at::kFloat);
}

Outputs multiply(const Call& call) {
  if (call.has(4)) throw unsupported("g_idx");
  const Packing p = packing_of(call);
  const Tensor codes = unpacked(call[1].reshape({p.outputs, p.blocks, -1}), p.bits);
  const Tensor scales = call[2].reshape({p.outputs, p.blocks, 1}).to(at::kFloat);
  const Tensor blocks = (codes.to(at::kFloat) - zero_points(call, p)) * scales;
  const Tensor weight = blocks.reshape({p.outputs, -1}).narrow(1, 0, p.inputs);
  const Tensor y = at::matmul(call[0], weight.t().to(call[0].scalar_type()));
  return {call.has(5) ? y + call[5] : y};
}

const Operator kBlockWeights[] = {
    {"com.microsoft", "MatMulNBits", multiply},
};

}  // namespace

Operators block_weight_operators() { return kBlockWeights; }

}  // namespace bitloom::nn::onnx
