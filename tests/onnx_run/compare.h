#pragma once

#include <optional>
#include <string>

#include <fmt/format.h>

#include "models/torch/onnx/run.h"

namespace bitloom::testing {

/// What is wrong with a result: its shape, its type, or the element farthest from what is right.
/// Nothing where each element is within `absolute` + `relative` x its magnitude.
inline std::optional<std::string> difference(const at::Tensor& got, const at::Tensor& want,
                                             double relative, double absolute) {
  if (!got.defined()) return "no tensor";
  if (got.sizes() != want.sizes())
    return fmt::format("{} elements in {} dimensions, not {} in {}", got.numel(), got.dim(),
                       want.numel(), want.dim());
  if (got.scalar_type() != want.scalar_type())
    return fmt::format("type {}, not {}", c10::toString(got.scalar_type()),
                       c10::toString(want.scalar_type()));
  const at::Tensor a = got.to(at::kDouble);
  const at::Tensor b = want.to(at::kDouble);
  if (at::allclose(a, b, relative, absolute, /*equal_nan=*/true)) return std::nullopt;
  return fmt::format("differs by up to {}, of up to {}", at::abs(a - b).max().item<double>(),
                     at::abs(b).max().item<double>());
}

}  // namespace bitloom::testing
