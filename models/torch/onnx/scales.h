#pragma once

#include "models/torch/onnx/call.h"

namespace bitloom::nn::onnx {

/// A scale or zero point shaped to go with x: one for all, one for each index of `axis`, or, where
/// `block` is above 0, one for each `block` indices of it.
Tensor spread(const Tensor& scale, const Tensor& x, std::int64_t axis, std::int64_t block = 0);

/// The type of QuantizeLinear's codes: what the node or its zero point says, else 8 bits without
/// sign.
ElementType type_of_codes(const Call& call);

/// Codes of a type: whole numbers cut to its limits.
Tensor saturated(const Tensor& whole, ElementType type);

/// x less its zero point, which may be undefined, in double precision: sums of products of such
/// codes are exact.
Tensor centered(const Tensor& codes, const Tensor& zero_point);

}  // namespace bitloom::nn::onnx
