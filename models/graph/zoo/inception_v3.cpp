#include <initializer_list>

#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"
#include "models/operators/concat.h"

namespace bitloom::graph {
namespace {

constexpr double kEpsilon = 1e-3;
constexpr Extent k3x3{3, 3}, k5x5{5, 5}, k1x3{1, 3}, k3x1{3, 1}, k1x7{1, 7}, k7x1{7, 1};

/// Convolution, batch norm and ReLU. Stride 2 comes without padding, stride 1 keeps the size unless
/// `valid`.
struct Unit {
  std::string name;
  std::int64_t channels;
  Extent kernel = {1, 1};
  std::int64_t stride = 1;
  bool valid = false;
};

void add(Chain& net, const std::string& name, const Unit& unit) {
  Padding padding;
  if (unit.stride == 1 && !unit.valid) {
    padding.top = padding.bottom = unit.kernel.height / 2;
    padding.left = padding.right = unit.kernel.width / 2;
  }
  net.then(name + ".conv",
           Convolution{.out_channels = unit.channels,
                       .window = {unit.kernel, {unit.stride, unit.stride}, padding, {1, 1}}});
  net.batch_norm(name + ".bn", kEpsilon).relu(name + ".relu");
}

/// The pieces of one inception block: parallel paths from a common input, joined in the end. Paths
/// are added to the graph in the order in which they are written.
class Block {
 public:
  Block(Graph& graph, NodeId from, std::string name)
      : graph_(&graph), from_(from), name_(std::move(name)) {}

  NodeId path(std::initializer_list<Unit> units) const { return path(from_, units); }
  NodeId path(NodeId from, std::initializer_list<Unit> units) const {
    Chain net(*graph_, from);
    for (const Unit& unit : units) add(net, name_ + "." + unit.name, unit);
    return net.at();
  }
  NodeId average_pool() const {
    return graph_->add(name_ + ".avg_pool",
                       Pool{PoolKind::kAverage, square_window(3, 1, Padding::all(1))}, {from_});
  }
  NodeId max_pool() const {
    return graph_->add(name_ + ".max_pool",
                       Pool{PoolKind::kMax, square_window(3, 2, Padding::all(0))}, {from_});
  }
  NodeId join(std::vector<NodeId> paths, const char* part = ".concat") const {
    return graph_->add(name_ + part, Concat{}, std::move(paths));
  }

 private:
  Graph* graph_;
  NodeId from_;
  std::string name_;
};

// A to E as torchvision calls them: A, C and E are figures 5, 6 and 7 of the paper, B and D the
// reductions of the grid between them.

NodeId block_a(const Block& b, std::int64_t pool_channels) {
  return b.join(
      {b.path({{"branch1x1", 64}}), b.path({{"branch5x5_1", 48}, {"branch5x5_2", 64, k5x5}}),
       b.path({{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, k3x3}, {"branch3x3dbl_3", 96, k3x3}}),
       b.path(b.average_pool(), {{"branch_pool", pool_channels}})});
}

NodeId block_b(const Block& b) {
  return b.join(
      {b.path({{"branch3x3", 384, k3x3, 2}}),
       b.path(
           {{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, k3x3}, {"branch3x3dbl_3", 96, k3x3, 2}}),
       b.max_pool()});
}

NodeId block_c(const Block& b, std::int64_t inner) {
  return b.join(
      {b.path({{"branch1x1", 192}}),
       b.path({{"branch7x7_1", inner}, {"branch7x7_2", inner, k1x7}, {"branch7x7_3", 192, k7x1}}),
       b.path({{"branch7x7dbl_1", inner},
               {"branch7x7dbl_2", inner, k7x1},
               {"branch7x7dbl_3", inner, k1x7},
               {"branch7x7dbl_4", inner, k7x1},
               {"branch7x7dbl_5", 192, k1x7}}),
       b.path(b.average_pool(), {{"branch_pool", 192}})});
}

NodeId block_d(const Block& b) {
  return b.join({b.path({{"branch3x3_1", 192}, {"branch3x3_2", 320, k3x3, 2}}),
                 b.path({{"branch7x7x3_1", 192},
                         {"branch7x7x3_2", 192, k1x7},
                         {"branch7x7x3_3", 192, k7x1},
                         {"branch7x7x3_4", 192, k3x3, 2}}),
                 b.max_pool()});
}

NodeId block_e(const Block& b) {
  const NodeId small = b.path({{"branch1x1", 320}});
  const NodeId middle = b.path({{"branch3x3_1", 384}});
  const NodeId middle_split = b.join({b.path(middle, {{"branch3x3_2a", 384, k1x3}}),
                                      b.path(middle, {{"branch3x3_2b", 384, k3x1}})},
                                     ".branch3x3_concat");
  const NodeId large = b.path({{"branch3x3dbl_1", 448}, {"branch3x3dbl_2", 384, k3x3}});
  const NodeId large_split = b.join({b.path(large, {{"branch3x3dbl_3a", 384, k1x3}}),
                                     b.path(large, {{"branch3x3dbl_3b", 384, k3x1}})},
                                    ".branch3x3dbl_concat");
  const NodeId pooled = b.path(b.average_pool(), {{"branch_pool", 192}});
  return b.join({small, middle_split, large_split, pooled});
}

}  // namespace

Graph make_inception_v3(Extent image) {
  Graph graph("inception_v3");
  Chain net(graph, add_image_input(graph, image));
  add(net, "Conv2d_1a_3x3", {"", 32, k3x3, 2});
  add(net, "Conv2d_2a_3x3", {"", 32, k3x3, 1, true});
  add(net, "Conv2d_2b_3x3", {"", 64, k3x3});
  net.max_pool("maxpool1", 3, 2);
  add(net, "Conv2d_3b_1x1", {"", 80});
  add(net, "Conv2d_4a_3x3", {"", 192, k3x3, 1, true});
  net.max_pool("maxpool2", 3, 2);
  NodeId at = net.at();
  const auto next = [&](const char* name) { return Block(graph, at, name); };
  at = block_a(next("Mixed_5b"), 32);
  at = block_a(next("Mixed_5c"), 64);
  at = block_a(next("Mixed_5d"), 64);
  at = block_b(next("Mixed_6a"));
  at = block_c(next("Mixed_6b"), 128);
  at = block_c(next("Mixed_6c"), 160);
  at = block_c(next("Mixed_6d"), 160);
  at = block_c(next("Mixed_6e"), 192);
  at = block_d(next("Mixed_7a"));
  at = block_e(next("Mixed_7b"));
  at = block_e(next("Mixed_7c"));
  Chain(graph, at).classifier("fc", 1000);
  return graph;
}

}  // namespace bitloom::graph
