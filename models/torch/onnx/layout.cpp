// Elements moved: dimensions exchanged, tensors joined, cut up and repeated.
#include <fmt/format.h>

#include <numeric>

#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

Outputs transpose(const Call& call) {
  Integers order = call.node.integers("perm");
  if (!call.node.has("perm"))
    for (std::int64_t i = call[0].dim() - 1; i >= 0; --i) order.push_back(i);
  return {call[0].permute(order)};
}

Outputs concatenate(const Call& call) {
  std::vector<Tensor> parts;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) parts.push_back(call[i]);
  return {at::cat(parts, call.axis("axis", 1, call[0].dim()))};
}

/// Sizes of the parts: given, or equal ones of which the last may be smaller.
Integers sizes_of_parts(const Call& call, std::int64_t whole) {
  if (const auto given = call.integers(1, "split")) return *given;
  const auto outputs = static_cast<std::int64_t>(call.node.outputs.size());
  const std::int64_t count = call.node.integer("num_outputs", outputs);
  if (count < 1 || count != outputs)
    throw UserError(fmt::format("{} parts for {} outputs", count, outputs));
  const std::int64_t part = (whole + count - 1) / count;
  Integers sizes(static_cast<std::size_t>(count), part);
  sizes.back() = whole - part * (count - 1);
  return sizes;
}

Outputs split(const Call& call) {
  const std::int64_t axis = call.axis("axis", 0, call[0].dim());
  return at::split_with_sizes(call[0], sizes_of_parts(call, call[0].size(axis)), axis);
}

Outputs tile(const Call& call) { return {call[0].repeat(integers_in(call[1]))}; }

struct Blocks {
  std::int64_t batch, channels, height, width, side;
};

Blocks blocks_of(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t side = call.node.integer("blocksize", 0);
  if (x.dim() != 4 || side < 1 || side > (1 << 20))
    throw UserError("blocks need a tensor of 4 dimensions and a side of 1 or more");
  return {x.size(0), x.size(1), x.size(2), x.size(3), side};
}

Outputs depth_to_space(const Call& call) {
  const Blocks b = blocks_of(call);
  const std::int64_t left = b.channels / (b.side * b.side);
  const bool is_depth_first = call.node.text("mode", "DCR") == "DCR";
  const Tensor parts = is_depth_first
                           ? call[0]
                                 .reshape({b.batch, b.side, b.side, left, b.height, b.width})
                                 .permute({0, 3, 4, 1, 5, 2})
                           : call[0]
                                 .reshape({b.batch, left, b.side, b.side, b.height, b.width})
                                 .permute({0, 1, 4, 2, 5, 3});
  return {parts.reshape({b.batch, left, b.height * b.side, b.width * b.side})};
}

Outputs space_to_depth(const Call& call) {
  const Blocks b = blocks_of(call);
  const std::int64_t rows = b.height / b.side;
  const std::int64_t columns = b.width / b.side;
  return {call[0]
              .reshape({b.batch, b.channels, rows, b.side, columns, b.side})
              .permute({0, 3, 5, 1, 2, 4})
              .reshape({b.batch, b.channels * b.side * b.side, rows, columns})};
}

Outputs triangle(const Call& call) {
  const std::int64_t diagonal = call.has(1) ? call[1].item<std::int64_t>() : 0;
  return {call.node.integer("upper", 1) != 0 ? at::triu(call[0], diagonal)
                                             : at::tril(call[0], diagonal)};
}

/// The first `lengths[b]` elements of each sequence in reverse.
Outputs reverse_sequence(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t time = call.axis("time_axis", 0, x.dim());
  const std::int64_t batch = call.axis("batch_axis", 1, x.dim());
  const Tensor steps = along(at::arange(x.size(time)), time, x.dim());
  const Tensor lengths = along(call[1].to(at::kLong), batch, x.dim());
  const Tensor from = at::where(steps < lengths, lengths - 1 - steps, steps);
  return {at::gather(x, time, from.expand(x.sizes()))};
}

const Operator kLayouts[] = {
    {"", "Concat", concatenate},
    {"", "DepthToSpace", depth_to_space},
    {"", "ReverseSequence", reverse_sequence},
    {"", "SpaceToDepth", space_to_depth},
    {"", "Split", split},
    {"", "Tile", tile},
    {"", "Transpose", transpose},
    {"", "Trilu", triangle},
};

}  // namespace

Operators layout_operators() { return kLayouts; }

}  // namespace bitloom::nn::onnx
