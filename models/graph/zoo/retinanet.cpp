#include <array>

#include <fmt/format.h>

#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"
#include "models/graph/zoo/resnet.h"
#include "models/operators/upsample.h"

namespace bitloom::graph {
namespace {

constexpr std::int64_t kChannels = 256;  // of the pyramid and of the heads
constexpr int kHeadDepth = 4;
constexpr std::int64_t kAnchors = 9;  // three sizes by three aspect ratios
constexpr int kFinestLevel = 3;

/// P3, P4 and P5 of the backbone's C3, C4 and C5, from the coarsest to the finest as torchvision
/// runs them.
std::array<NodeId, 3> add_pyramid(Graph& graph, const std::array<NodeId, 3>& stages) {
  std::array<NodeId, 3> levels{};
  NodeId coarser = 0;
  for (int level = 2; level >= 0; --level) {
    const auto i = static_cast<std::size_t>(level);
    Chain path(graph, stages[i]);
    path.biased_convolution(fmt::format("backbone.fpn.inner_blocks.{}.0", i), kChannels, 1, 1,
                            Padding::all(0));
    if (level < 2) {
      const Shape& finer = graph.node(path.at()).shape;
      const NodeId enlarged = graph.add(fmt::format("backbone.fpn.upsample.{}", i),
                                        Upsample{{finer[1], finer[2]}}, {coarser});
      path.add(fmt::format("backbone.fpn.add.{}", i), enlarged);
    }
    coarser = path.at();
    path.biased_convolution(fmt::format("backbone.fpn.layer_blocks.{}.0", i), kChannels, 3, 1,
                            Padding::all(1));
    levels[i] = path.at();
  }
  return levels;
}

/// P6, a strided convolution of `from`, and P7, one of P6 behind a ReLU.
std::array<NodeId, 2> add_coarse_levels(Graph& graph, NodeId from) {
  Chain path(graph, from);
  path.biased_convolution("backbone.fpn.extra_blocks.p6", kChannels, 3, 2, Padding::all(1));
  const NodeId p6 = path.at();
  path.relu("backbone.fpn.extra_blocks.relu");
  path.biased_convolution("backbone.fpn.extra_blocks.p7", kChannels, 3, 2, Padding::all(1));
  return {p6, path.at()};
}

/// One head on every level. P3's layers bear the names of the weights; those of P4 to P7 use them
/// too, and add their level to the name.
void add_head(Graph& graph, const std::vector<NodeId>& levels, const std::string& head,
              const std::string& output, std::int64_t channels) {
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::string level = i == 0 ? "" : fmt::format(".p{}", kFinestLevel + i);
    Chain path(graph, levels[i]);
    const auto add = [&](const std::string& name, std::int64_t out_channels) {
      path.then(name + level, Convolution{.out_channels = out_channels,
                                          .window = square_window(3, 1, Padding::all(1)),
                                          .bias = true,
                                          .weights_of = i == 0 ? "" : name});
    };
    for (int depth = 0; depth < kHeadDepth; ++depth) {
      add(fmt::format("{}.conv.{}.0", head, depth), kChannels);
      path.relu(fmt::format("{}.conv.{}.1{}", head, depth, level));
    }
    add(fmt::format("{}.{}", head, output), channels);
  }
}

}  // namespace

Graph make_retinanet(std::string name, RetinaNetVariant variant, Extent image) {
  Graph graph(std::move(name));
  const std::vector<NodeId> stages =
      add_resnet_stages(graph, add_image_input(graph, image), "backbone.body.",
                        ResNetBlock::kBottleneck, {3, 4, 6, 3});
  const auto [p3, p4, p5] = add_pyramid(graph, {stages[1], stages[2], stages[3]});
  const auto [p6, p7] = add_coarse_levels(graph, variant.p6_from_c5 ? stages[3] : p5);
  const std::vector<NodeId> levels{p3, p4, p5, p6, p7};
  add_head(graph, levels, "head.classification_head", "cls_logits", kAnchors * variant.classes);
  add_head(graph, levels, "head.regression_head", "bbox_reg", kAnchors * 4);
  return graph;
}

}  // namespace bitloom::graph
