#include "sim/kit/gemm.h"

#include "base/error.h"

namespace bitloom::mapping {

LayerGemms lower(const graph::LayerShape& layer, std::int64_t batch) {
  const graph::Product product = layer.product();
  switch (layer.kind) {
    case graph::LayerKind::kConvolution:
    case graph::LayerKind::kMatMul:
      return {{product.rows, product.columns, product.reduction}, batch * product.count};
    case graph::LayerKind::kDepthwise: {
      const std::int64_t multiplier = layer.out_channels / layer.in_channels;
      return {{product.rows, batch * multiplier, layer.kernel_area() * batch}, layer.in_channels};
    }
    case graph::LayerKind::kLinear:
      return {{batch * product.rows, layer.out_channels, layer.in_channels}, 1};
  }
  throw InternalError("a layer of unknown kind");
}

}  // namespace bitloom::mapping
