#include "reports/apq_table.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "reports/millijoules.h"

namespace bitloom::reports {
namespace {

bool is_square(graph::Extent extent) { return extent.height == extent.width; }

UserError without_key(const graph::LayerShape& layer, const std::string& why) {
  return unsupported(
      fmt::format("layer '{}' has no key in APQ's layout, (in, out, size, kernel, stride, padding, "
                  "groups): {}",
                  layer.name, why));
}

std::int64_t padding_of(const graph::LayerShape& layer) {
  const std::int64_t size = layer.input.height, kernel = layer.kernel.height;
  const std::int64_t stride = layer.stride.height, output = layer.output.height;
  const std::int64_t beyond = (output - 1) * stride + kernel - size;
  const std::int64_t padding = beyond > 0 ? ceil_div(beyond, 2) : 0;
  if ((size + 2 * padding - kernel) / stride + 1 != output)
    throw without_key(layer, fmt::format("no padding that is equal on both sides gives {} rows of "
                                         "output",
                                         output));
  return padding;
}

}  // namespace

std::string apq_key(const graph::LayerShape& layer) {
  if (layer.kind == graph::LayerKind::kMatMul)
    throw without_key(layer, "it multiplies two activations");
  if (!is_square(layer.input) || !is_square(layer.output) || !is_square(layer.kernel) ||
      !is_square(layer.stride))
    throw without_key(layer, "it is not square");
  return fmt::format("({}, {}, {}, {}, {}, {}, {})", layer.in_channels, layer.out_channels,
                     layer.input.height, layer.kernel.height, layer.stride.height,
                     padding_of(layer), layer.groups);
}

std::string apq_table_json(const ApqTable& table) {
  nlohmann::ordered_json document = nlohmann::ordered_json::object();
  for (const ApqTable::Entry& entry : table.entries)
    document[entry.key] = {{"energy", millijoules(entry.cost.energy.total())},
                           {"latency", runtime(entry.cost.timing.total, table.clock).count()}};
  return bitloom::json_text(document) + "\n";
}

}  // namespace bitloom::reports
