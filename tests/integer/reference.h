#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "models/integer/layer.h"

// What the tests hold bitloom::integer to: plain loops over codes in 64-bit integers, no
// bit-planes.

namespace bitloom::integer {

inline std::vector<std::int32_t> random_codes(std::int64_t count, CodeType type,
                                              std::mt19937_64& random) {
  std::uniform_int_distribution<std::int32_t> code(type.lowest(), type.highest());
  std::vector<std::int32_t> codes(static_cast<std::size_t>(count));
  for (std::int32_t& each : codes)
    each = type.encoding == Encoding::kBipolar ? (code(random) > 0 ? 1 : -1) : code(random);
  return codes;
}

/// left (m x k) times the transpose of right (n x k).
inline std::vector<std::int64_t> reference_gemm(const std::vector<std::int32_t>& left,
                                                const std::vector<std::int32_t>& right,
                                                std::size_t m, std::size_t k, std::size_t n) {
  std::vector<std::int64_t> out(m * n);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t c = 0; c < k; ++c)
        out[i * n + j] += std::int64_t{left[i * k + c]} * right[j * k + c];
  return out;
}

/// Convolution with `top` rows and `left` columns of zeros before the image, and as many as needed
/// behind it.
inline std::vector<std::int64_t> reference_convolution(const LayerSpecification& spec,
                                                       std::int64_t top, std::int64_t left,
                                                       const std::vector<std::int32_t>& weights,
                                                       const std::vector<std::int32_t>& in) {
  const graph::LayerShape& s = spec.shape;
  const graph::Extent dilation = spec.window.dilation;
  const std::int64_t in_each = s.in_channels / s.groups;
  const std::int64_t out_each = s.out_channels / s.groups;
  std::vector<std::int64_t> out;
  for (std::int64_t o = 0; o < s.out_channels; ++o)
    for (std::int64_t oy = 0; oy < s.output.height; ++oy)
      for (std::int64_t ox = 0; ox < s.output.width; ++ox) {
        std::int64_t sum = 0;
        for (std::int64_t c = 0; c < in_each; ++c)
          for (std::int64_t ky = 0; ky < s.kernel.height; ++ky)
            for (std::int64_t kx = 0; kx < s.kernel.width; ++kx) {
              const std::int64_t y = oy * s.stride.height + ky * dilation.height - top;
              const std::int64_t x = ox * s.stride.width + kx * dilation.width - left;
              if (y < 0 || x < 0 || y >= s.input.height || x >= s.input.width) continue;
              const std::int64_t channel = o / out_each * in_each + c;
              const std::int64_t weight =
                  ((o * in_each + c) * s.kernel.height + ky) * s.kernel.width + kx;
              sum +=
                  std::int64_t{weights[static_cast<std::size_t>(weight)]} *
                  in[static_cast<std::size_t>((channel * s.input.height + y) * s.input.width + x)];
            }
        out.push_back(sum);
      }
  return out;
}

inline std::vector<std::int64_t> widened(const std::vector<std::int32_t>& values) {
  return {values.begin(), values.end()};
}

}  // namespace bitloom::integer
