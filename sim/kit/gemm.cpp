#include "sim/kit/gemm.h"

#include "base/error.h"

namespace bitloom::mapping {

LayerGemms lower(const graph::LayerShape& layer, std::int64_t batch) {
  const std::int64_t pixels = layer.output_pixels();
  switch (layer.kind) {
    case graph::LayerKind::kConvolution:
      return {{pixels, layer.out_channels / layer.groups, layer.reduction()}, batch * layer.groups};
    case graph::LayerKind::kDepthwise: {
      const std::int64_t multiplier = layer.out_channels / layer.in_channels;
      return {{pixels, batch * multiplier, layer.kernel_area() * batch}, layer.in_channels};
    }
    case graph::LayerKind::kLinear:
      return {{batch, layer.out_channels, layer.in_channels}, 1};
  }
  throw InternalError("a layer of unknown kind");
}

}  // namespace bitloom::mapping
