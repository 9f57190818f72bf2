#include "models/operators/input.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.h"
#include "models/integer/lowering.h"
#include "models/operators/activation.h"
#include "models/operators/concat.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/padded_subsample.h"
#include "models/operators/pool.h"
#include "models/operators/upsample.h"

namespace bitloom::graph {
namespace {

/// How an image comes to a node: the operators on the way give its values in other places, or
/// means of them.
enum class Way { kNone, kValues, kMeans };

Way way_through(const Operator& op) {
  const Pool* pool = op.get_if<Pool>();
  if (op.is<GlobalAveragePool>() || (pool && pool->kind == PoolKind::kAverage)) return Way::kMeans;
  const bool gives_values = pool || op.is<Flatten>() || op.is<Concat>() || op.is<Upsample>() ||
                            op.is<PaddedSubsample>() || op.is<Activation>();
  return gives_values ? Way::kValues : Way::kNone;
}

struct Reader {
  NodeId layer;
  Way way;
};

/// The first layer that reads node `image`; where none does, the first that reads it through
/// operators on the way.
std::optional<Reader> first_reader(const Graph& graph, NodeId image) {
  const auto& nodes = graph.nodes();
  std::vector<Way> ways(nodes.size(), Way::kNone);
  ways[image] = Way::kValues;
  std::optional<Reader> indirect;
  for (NodeId id = image + 1; id < nodes.size(); ++id) {
    const Node& node = nodes[id];
    Way least = Way::kMeans, most = Way::kNone;
    for (const NodeId input : node.inputs) {
      least = std::min(least, ways[input]);
      most = std::max(most, ways[input]);
    }
    if (node.op.is_layer()) {
      const Way way = ways[node.inputs[0]];
      if (node.inputs[0] == image) return Reader{id, way};
      if (way != Way::kNone && !indirect) indirect = Reader{id, way};
    } else if (const Way through = way_through(node.op);
               through != Way::kNone && least != Way::kNone) {
      ways[id] = std::max(through, most);
    }
  }
  return indirect;
}

/// Of an image of which a layer with codes of `type` on `scale` reads means, or learned levels: 16
/// bits, which have room for values beyond the layer's and between its steps.
integer::QuantizeImage finer_codes(const integer::CodeType& type, double scale) {
  constexpr int kBits = 16;
  const int fraction = (kBits - type.bits) / 2;
  return {{type.encoding, kBits}, scale / (1 << fraction)};
}

}  // namespace

std::string Input::name() const { return "input"; }

Shape Input::shape(const std::vector<Shape>&) const {
  if (image.empty()) throw UserError("shape must have a dimension");
  for (const std::int64_t dimension : image) require_dimension(dimension, "input dimension");
  return image;
}

/// Codes of the first layer that reads the image.
void Input::lower(integer::Lowering& lowering) const {
  if (lowering.index() != 0) throw UserError("an integer network has one input, the first");
  const auto reader = first_reader(lowering.graph(), lowering.index());
  if (!reader) throw UserError("no layer reads its values as they are, to say what its codes are");
  const integer::QuantizedLayer& layer = lowering.operands_of(reader->layer);
  const double scale = layer.activation_scaling.scales[0];
  const bool is_between = reader->way == Way::kMeans || layer.activation_planes;
  const integer::QuantizeImage codes = is_between
                                           ? finer_codes(layer.activation_type, scale)
                                           : integer::QuantizeImage{layer.activation_type, scale};
  lowering.add_channels(image[0], codes.scale, codes.type.magnitude());
  lowering.result(codes);
}

}  // namespace bitloom::graph
