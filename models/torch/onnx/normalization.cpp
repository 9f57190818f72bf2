// Normalizations in inference.
#include <algorithm>

#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

Integers dims_from(std::int64_t first, std::int64_t rank) {
  Integers dims;
  for (std::int64_t i = first; i < rank; ++i) dims.push_back(i);
  return dims;
}

/// By the statistics of all dimensions but the channels, where version 14 trains.
Outputs train_batch_norm(const Call& call) {
  const Tensor& x = call[0];
  Integers dims = dims_from(1, x.dim());
  dims[0] = 0;
  if (x.dim() > 2) {
    dims = dims_from(2, x.dim());
    dims.push_back(0);
  }
  const Tensor mean = x.mean(dims);
  const Tensor variance = at::var(x, dims, /*unbiased=*/false);
  const double momentum = call.node.real("momentum", 0.9F);
  const Tensor y = at::batch_norm(x, call[1], call[2], {}, {}, /*training=*/true, 0,
                                  call.node.real("epsilon", 1e-5F), false);
  return {y, call[3] * momentum + mean * (1 - momentum),
          call[4] * momentum + variance * (1 - momentum)};
}

Outputs batch_norm(const Call& call) {
  const Tensor& x = call[0];
  if (x.dim() < 2) throw UserError("no dimension of channels");
  if (call.node.integer("training_mode", 0) != 0) return train_batch_norm(call);
  if (call.node.integer("spatial", 1) == 0) throw unsupported("statistics of each place");
  return {at::batch_norm(x, call[1].to(x.scalar_type()), call[2].to(x.scalar_type()), call[3],
                         call[4], false, 0, call.node.real("epsilon", 1e-5F), false)};
}

struct Standardized {
  Tensor values, mean, inverse_deviation;
};

Standardized standardized(const Tensor& x, const Integers& dims, double epsilon) {
  const Tensor mean = x.mean(dims, true);
  const Tensor centered = x - mean;
  const Tensor inverse = at::rsqrt((centered * centered).mean(dims, true) + epsilon);
  return {centered * inverse, mean, inverse};
}

Outputs instance_norm(const Call& call) {
  const Tensor& x = call[0];
  const Tensor y = standardized(x, dims_from(2, x.dim()), call.node.real("epsilon", 1e-5F)).values;
  return {y * along(call[1], 1, x.dim()) + along(call[2], 1, x.dim())};
}

Outputs layer_norm(const Call& call) {
  const Tensor& x = call[0];
  const Integers dims = dims_from(call.axis("axis", -1, x.dim()), x.dim());
  const Standardized s = standardized(x, dims, call.node.real("epsilon", 1e-5F));
  const Tensor scaled = s.values * call[1];
  return {call.has(2) ? scaled + call[2] : scaled, s.mean, s.inverse_deviation};
}

/// Version 18 has scale and bias of groups, version 21 of channels.
Outputs group_norm(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t groups = call.node.integer("num_groups", 0);
  if (x.dim() < 2 || groups < 1 || x.size(1) % groups != 0)
    throw UserError("num_groups does not divide the channels");
  const Tensor grouped = x.reshape({x.size(0), groups, -1});
  Tensor y = standardized(grouped, {2}, call.node.real("epsilon", 1e-5F)).values;
  if (call[1].numel() == groups && call.node.opset < 21)
    return {(y * call[1].reshape({groups, 1}) + call[2].reshape({groups, 1})).reshape(x.sizes())};
  y = y.reshape(x.sizes());
  return {y * along(call[1], 1, x.dim()) + along(call[2], 1, x.dim())};
}

Tensor over_root_mean_square(const Tensor& x, std::int64_t axis, double epsilon) {
  const Integers dims = dims_from(axis, x.dim());
  return x * at::rsqrt((x * x).mean(dims, true) + epsilon);
}

Outputs rms_norm(const Call& call) {
  const std::int64_t axis = call.axis("axis", -1, call[0].dim());
  return {over_root_mean_square(call[0], axis, call.node.real("epsilon", 1e-5F)) * call[1]};
}

/// com.microsoft: a tensor and its skip connection, summed and normalized; the sum is output 3.
Tensor sum_of_skip(const Call& call, std::size_t bias) {
  const Tensor sum = call[0] + call[1];
  return call.has(bias) ? sum + call[bias] : sum;
}

Outputs skip_layer_norm(const Call& call) {
  const Tensor sum = sum_of_skip(call, 4);
  const double epsilon = call.node.real("epsilon", 1e-12F);
  const Standardized s = standardized(sum, {-1}, epsilon);
  const Tensor y = s.values * call[2];
  return {call.has(3) ? y + call[3] : y, s.mean, s.inverse_deviation, sum};
}

Outputs skip_rms_norm(const Call& call) {
  const Tensor sum = sum_of_skip(call, 3);
  const double epsilon = call.node.real("epsilon", 1e-12F);
  const Tensor y = over_root_mean_square(sum, sum.dim() - 1, epsilon) * call[2];
  return {y, {}, {}, sum};
}

/// Over `size` neighbouring channels.
Outputs local_response_norm(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t size = call.node.integer("size", 1);
  if (size < 1 || x.dim() < 2) throw UserError("size is no count of channels");
  const std::int64_t before = std::min((size - 1) / 2, x.size(1));
  const std::int64_t after = std::min(size / 2, x.size(1));
  Integers pads(static_cast<std::size_t>(2 * (x.dim() - 1)), 0);
  pads[pads.size() - 2] = before;
  pads[pads.size() - 1] = after;
  const Tensor padded = at::constant_pad_nd(x * x, pads, 0);
  const Tensor squares = padded.unfold(1, before + after + 1, 1).sum(-1);
  const double alpha = call.node.real("alpha", 1e-4F);
  const Tensor base = squares * (alpha / static_cast<double>(size)) + call.node.real("bias", 1);
  return {x / base.pow(call.node.real("beta", 0.75F))};
}

Outputs mean_variance_norm(const Call& call) {
  const Tensor& x = call[0];
  const Integers dims = axes_in(call.node.integers("axes", {0, 2, 3}), x.dim());
  const Tensor centered = x - x.mean(dims, true);
  return {centered / (at::sqrt((centered * centered).mean(dims, true)) + 1e-9)};
}

Outputs lp_norm(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t axis = call.axis("axis", -1, x.dim());
  const Tensor length = at::norm(x, call.node.integer("p", 2), {axis}, true);
  return {at::where(length == 0, at::zeros_like(x), x / length)};
}

const Operator kNormalizations[] = {
    {"", "BatchNormalization", batch_norm},
    {"", "GroupNormalization", group_norm},
    {"", "InstanceNormalization", instance_norm},
    {"", "LRN", local_response_norm},
    {"", "LayerNormalization", layer_norm},
    {"", "LpNormalization", lp_norm},
    {"", "MeanVarianceNormalization", mean_variance_norm},
    {"", "RMSNormalization", rms_norm},
    {"", "SimplifiedLayerNormalization", rms_norm},
    {"com.microsoft", "SimplifiedLayerNormalization", rms_norm},
    {"com.microsoft", "SkipLayerNormalization", skip_layer_norm},
    {"com.microsoft", "SkipSimplifiedLayerNormalization", skip_rms_norm},
};

}  // namespace

Operators normalization_operators() { return kNormalizations; }

}  // namespace bitloom::nn::onnx
