#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "models/graph/policy.h"
#include "models/integer/program.h"
#include "models/operators/activation.h"
#include "models/operators/batch_norm.h"
#include "models/operators/concat.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/pool.h"

namespace bitloom::testing {

/// What integer::lower() takes beside the graph.
struct RandomNetwork {
  std::vector<integer::QuantizedLayer> layers;
  integer::NetworkParameters parameters;
};

/// Random codes and parameters, on scales that keep values about 1 from layer to layer; those of
/// some output channels are negative. 1-bit
/// weights are bipolar; activations are signed for the layers that read the image or an addition
/// or batch norm without a ReLU behind it.
class NetworkDraw {
 public:
  explicit NetworkDraw(std::uint64_t seed) : random_(seed) {}

  RandomNetwork network(const graph::Graph& graph, const graph::Policy& policy) {
    RandomNetwork drawn;
    std::size_t index = 0;
    const std::vector<graph::LayerShape> shapes = graph::layers_of(graph);
    for (const graph::Node& node : graph.nodes()) {
      if (node.op.is<graph::BatchNorm>())
        drawn.parameters.batch_norms[node.name] = batch_norm(node.shape[0]);
      if (index == shapes.size() || node.name != shapes[index].name) continue;
      if (shapes[index].biases > 0)
        drawn.parameters.biases[node.name] = numbers(shapes[index].biases, -0.3, 0.3);
      drawn.layers.push_back(
          layer(shapes[index], policy[index], is_never_negative(graph, node.inputs[0])));
      ++index;
    }
    return drawn;
  }

  std::vector<float> image(const graph::Graph& graph) {
    std::normal_distribution<float> pixel;
    std::vector<float> pixels(size_of(graph.only_input().shape));
    for (float& each : pixels) each = pixel(random_);
    return pixels;
  }

  std::mt19937_64& random() { return random_; }

 private:
  static std::size_t size_of(const graph::Shape& shape) {
    std::int64_t size = 1;
    for (const std::int64_t dimension : shape) size *= dimension;
    return static_cast<std::size_t>(size);
  }

  static bool is_never_negative(const graph::Graph& graph, graph::NodeId id) {
    const graph::Node& node = graph.node(id);
    if (node.op.is<graph::Activation>()) return true;
    const bool keeps_sign = node.op.is<graph::Pool>() || node.op.is<graph::GlobalAveragePool>() ||
                            node.op.is<graph::Concat>() || node.op.is<graph::Flatten>();
    if (!keeps_sign) return false;
    for (const graph::NodeId input : node.inputs)
      if (!is_never_negative(graph, input)) return false;
    return true;
  }

  std::vector<double> numbers(std::int64_t count, double low, double high) {
    std::uniform_real_distribution<double> number(low, high);
    std::vector<double> drawn(static_cast<std::size_t>(count));
    for (double& each : drawn) each = number(random_);
    return drawn;
  }

  integer::AffineParameters batch_norm(std::int64_t channels) {
    integer::AffineParameters drawn{numbers(channels, 0.5, 1.5), numbers(channels, -0.5, 0.5)};
    for (double& scale : drawn.scale)
      if (random_() % 4 == 0) scale = -scale;
    if (channels > 8) {
      drawn.scale[1] = 0;
      drawn.scale[2] = -1e-30;
      drawn.scale[3] = 0;
      drawn.shift[3] = 0;
    }
    return drawn;
  }

  integer::QuantizedLayer layer(const graph::LayerShape& shape, graph::Precision precision,
                                bool is_unsigned) {
    integer::QuantizedLayer drawn;
    drawn.name = shape.name;
    drawn.weight_type = precision.weight_bits == 1 ? integer::bipolar_codes()
                                                   : integer::signed_codes(precision.weight_bits);
    drawn.activation_type = is_unsigned ? integer::unsigned_codes(precision.activation_bits)
                                        : integer::signed_codes(precision.activation_bits);
    std::uniform_int_distribution<std::int32_t> code(drawn.weight_type.lowest(),
                                                     drawn.weight_type.highest());
    for (std::int64_t i = 0; i < shape.weights(); ++i) {
      const std::int32_t weight = code(random_);
      drawn.weights.push_back(precision.weight_bits == 1 && weight == 0 ? 1 : weight);
    }
    const double spread = std::ldexp(0.58, precision.weight_bits - 1);
    std::vector<double> scales = numbers(shape.out_channels, 0.7, 1.4);
    std::bernoulli_distribution is_negative(0.3);
    for (double& scale : scales)
      scale *= (is_negative(random_) ? -1 : 1) /
               (spread * std::sqrt(static_cast<double>(shape.reduction())));
    drawn.weight_scaling = integer::scaling_of(std::move(scales));
    drawn.activation_scaling =
        integer::scaling_of({3.0 / static_cast<double>(drawn.activation_type.magnitude())});
    return drawn;
  }

  std::mt19937_64 random_;
};

}  // namespace bitloom::testing
