#pragma once

#include "models/torch/onnx/call.h"

// Scaled dot products of queries and keys, and what is shared by the operators that have them.

namespace bitloom::nn::onnx {

/// {batch, length, heads * size} as {batch, heads, length, size}; 4 dimensions stay.
Tensor split_heads(const Tensor& x, std::int64_t heads);
/// The reverse.
Tensor join_heads(const Tensor& x);

/// Each head of keys or values as often as queries share it.
Tensor repeated_heads(const Tensor& x, std::int64_t heads);

/// {length, total}: true where key j is no later than query i, `offset` keys being before them.
Tensor causal_mask(std::int64_t length, std::int64_t total, std::int64_t offset);

/// 0 where allowed, `otherwise` elsewhere.
Tensor bias_of(const Tensor& is_allowed, at::ScalarType type, double otherwise);

struct Attended {
  Tensor output, products, biased, weights;
};

/// softmax(scale q k^T + bias) v; `softcap` c above 0 makes products c tanh(product / c). A scale
/// of 0 is 1 / sqrt(size of a head). `operands` changes what is multiplied, unless it is null.
Attended attend(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& bias, double scale,
                double softcap = 0, const InnerOperands* operands = nullptr);

/// Pairs of elements of {batch, heads, length, size} rotated by angles {.., length, part / 2} whose
/// cosines and sines are given; the first `part` elements of each head, neighbours where
/// `is_interleaved`, else from both halves.
Tensor rotated(const Tensor& x, const Tensor& cosines, const Tensor& sines, bool is_interleaved);

}  // namespace bitloom::nn::onnx
