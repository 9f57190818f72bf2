#include "tests/integer/real_network.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/graph/window.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/concat.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/operators/padded_subsample.h"
#include "models/operators/pool.h"
#include "models/operators/upsample.h"
#include "tests/integer/reference.h"

namespace bitloom::integer {
namespace {

/// The relative error of a dyadic factor, and some for doubles.
constexpr double kFactorError = 0x1p-30;

std::size_t index_of(std::int64_t index) { return static_cast<std::size_t>(index); }

class RealPass {
 public:
  RealPass(const QuantizedNetwork& network, const Program& program, std::span<const float> image,
           const std::map<std::string, std::vector<std::int32_t>>& codes)
      : network_(network), program_(program), image_(image), codes_(codes) {}

  std::vector<RealTensor> run() {
    for (const graph::Node& node : network_.graph.nodes()) {
      node_ = &node;
      step_ = &program_.steps[tensors_.size()];
      std::int64_t size = 1;
      for (const std::int64_t dimension : node.shape) size *= dimension;
      each_ = size / static_cast<std::int64_t>(step_->scales.size());
      out_ = {};
      visit<graph::Input, graph::Convolution, graph::Linear, graph::BatchNorm, graph::Activation,
            graph::Pool, graph::GlobalAveragePool, graph::Upsample, graph::Add, graph::Concat,
            graph::Flatten, graph::PaddedSubsample>(node.op);
      tensors_.push_back(std::move(out_));
    }
    return std::move(tensors_);
  }

  void operator()(const graph::Input&) {
    const double scale = step_->scales[0];
    const CodeType type = std::get<QuantizeImage>(step_->op).type;
    for (const float pixel : image_)
      push(std::clamp<double>(pixel, type.lowest() * scale, type.highest() * scale), scale / 2);
  }

  void operator()(const graph::Convolution& op) { layer(op.window, op.weights_of); }
  void operator()(const graph::Linear&) { layer({}, ""); }

  void operator()(const graph::BatchNorm&) {
    const AffineParameters& affine = network_.parameters.batch_norms.at(node_->name);
    const auto& multipliers = std::get<Affine>(step_->op).multipliers;
    const auto& bounds = program_.steps[node_->inputs[0]].bounds;
    for_each_element([&](std::size_t c, std::size_t i) {
      const double gain = affine.scale[c], shift = affine.shift[c];
      const double left_out = std::fabs(shift) * static_cast<double>(bounds[c]) * 0x1p-30;
      push(gain * in().values[i] + shift,
           std::fabs(gain) * in().errors[i] + (multipliers[c] == 0 ? left_out : unit(c) / 2));
    });
  }

  void operator()(const graph::Activation& op) {
    const bool is_six = op.kind == graph::ActivationKind::kRelu6;
    for_each_element([&](std::size_t c, std::size_t i) {
      const double value = std::max(0.0, in().values[i]);
      push(is_six ? std::min(6.0, value) : value, in().errors[i] + (is_six ? unit(c) / 2 : 0));
    });
  }

  void operator()(const graph::Pool& op) {
    const graph::Shape& from = network_.graph.node(node_->inputs[0]).shape;
    const graph::Padding padding = graph::resolved_padding(op.window, {from[1], from[2]});
    for (std::int64_t c = 0; c < node_->shape[0]; ++c)
      for (std::int64_t y = 0; y < node_->shape[1]; ++y)
        for (std::int64_t x = 0; x < node_->shape[2]; ++x) window(op, padding, from, c, y, x);
  }

  void operator()(const graph::GlobalAveragePool&) {
    const graph::Shape& from = network_.graph.node(node_->inputs[0]).shape;
    const graph::Pool whole{graph::PoolKind::kAverage, {{from[1], from[2]}, {}, {}, {}}};
    for (std::int64_t c = 0; c < from[0]; ++c) window(whole, {}, from, c, 0, 0);
  }

  void operator()(const graph::Upsample&) {
    const graph::Shape& from = network_.graph.node(node_->inputs[0]).shape;
    const graph::Shape& to = node_->shape;
    for (std::int64_t c = 0; c < to[0]; ++c)
      for (std::int64_t y = 0; y < to[1]; ++y)
        for (std::int64_t x = 0; x < to[2]; ++x)
          copy(index_of((c * from[1] + y * from[1] / to[1]) * from[2] + x * from[2] / to[2]));
  }

  void operator()(const graph::Add&) {
    for_each_element([&](std::size_t c, std::size_t i) {
      double sum = 0, error = 0;
      for (const graph::NodeId id : node_->inputs) {
        sum += tensors_[id].values[i];
        error +=
            tensors_[id].errors[i] + unit(c) / 2 + std::fabs(tensors_[id].values[i]) * kFactorError;
      }
      push(sum, error);
    });
  }

  void operator()(const graph::Concat&) {
    for (const graph::NodeId id : node_->inputs)
      for (std::size_t i = 0; i < tensors_[id].values.size(); ++i)
        push(tensors_[id].values[i], tensors_[id].errors[i]);
  }

  void operator()(const graph::Flatten&) { out_ = in(); }

  void operator()(const graph::PaddedSubsample& op) {
    const graph::Shape& from = network_.graph.node(node_->inputs[0]).shape;
    for (std::int64_t c = -op.channels_before; c < from[0] + op.channels_after; ++c)
      for (std::int64_t y = 0; y < from[1]; y += op.stride)
        for (std::int64_t x = 0; x < from[2]; x += op.stride) {
          if (c < 0 || c >= from[0])
            push(0, 0);
          else
            copy(index_of((c * from[1] + y) * from[2] + x));
        }
  }

 private:
  /// Calls the member for the one of `Operators` that `op` is.
  template <class... Operators>
  void visit(const graph::Operator& op) {
    const auto call = [&](const auto* attributes) {
      if (attributes != nullptr) (*this)(*attributes);
      return attributes != nullptr;
    };
    ensure((call(op.get_if<Operators>()) || ...), "the reference knows every operator");
  }

  const RealTensor& in() const { return tensors_[node_->inputs[0]]; }
  double unit(std::size_t channel) const { return step_->scales[channel]; }

  void push(double value, double error) {
    out_.values.push_back(value);
    out_.errors.push_back(error);
  }
  void copy(std::size_t index) { push(in().values[index], in().errors[index]); }

  template <class Function>
  void for_each_element(Function function) const {
    for (std::size_t c = 0; c < step_->scales.size(); ++c)
      for (std::int64_t i = 0; i < each_; ++i) function(c, c * index_of(each_) + index_of(i));
  }

  void window(const graph::Pool& op, const graph::Padding& padding, const graph::Shape& from,
              std::int64_t c, std::int64_t y, std::int64_t x) {
    const graph::Window& w = op.window;
    double sum = 0, errors = 0, largest = -std::numeric_limits<double>::infinity(),
           largest_error = 0;
    std::int64_t counted = 0;
    for (std::int64_t ky = 0; ky < w.kernel.height; ++ky)
      for (std::int64_t kx = 0; kx < w.kernel.width; ++kx) {
        const std::int64_t row = y * w.stride.height + ky * w.dilation.height - padding.top;
        const std::int64_t column = x * w.stride.width + kx * w.dilation.width - padding.left;
        const bool is_inside = row >= 0 && column >= 0 && row < from[1] && column < from[2];
        if (is_inside || (op.count_padding && row < from[1] + padding.bottom &&
                          column < from[2] + padding.right))
          ++counted;
        if (!is_inside) continue;
        const std::size_t at = index_of((c * from[1] + row) * from[2] + column);
        sum += in().values[at];
        errors += in().errors[at];
        largest = std::max(largest, in().values[at]);
        largest_error = std::max(largest_error, in().errors[at]);
      }
    if (op.kind == graph::PoolKind::kMax) return push(largest, largest_error);
    const auto& pool = std::get<AveragePool>(step_->op);
    const double scale = program_.steps[node_->inputs[0]].scales[index_of(c)];
    if (pool.shift > 0) errors += static_cast<double>(counted) * std::ldexp(scale, pool.shift - 1);
    const double n = counted == 0 ? 1 : static_cast<double>(counted);
    const double mean = sum / n;
    push(mean, errors / n + (pool.factors.empty() ? 0 : unit(index_of(c)) / 2) +
                   std::fabs(mean) * kFactorError);
  }

  void layer(graph::Window window, const std::string& weights_of) {
    const LayerStep& op = std::get<LayerStep>(step_->op);
    const QuantizedLayer& layer = network_.layers[op.layer];
    const LayerSpecification spec{graph::layers_of(network_.graph)[op.layer], window,
                                  layer.weight_type, layer.activation_type};
    const graph::Padding padding = graph::resolved_padding(window, spec.shape.input);
    const auto sums = reference_convolution(spec, padding.top, padding.left, layer.weights,
                                            codes_.at(node_->name));
    const auto& all_biases = network_.parameters.biases;
    const auto biases = all_biases.find(weights_of.empty() ? node_->name : weights_of);
    for_each_element([&](std::size_t c, std::size_t i) {
      const double scale = layer.weight_scaling.of_channel(c) * layer.activation_scaling.scales[0];
      const double sum = static_cast<double>(sums[i]) * scale;
      if (biases == all_biases.end())
        push(sum, 0);
      else
        push(sum + biases->second[c], std::fabs(scale) / 2);
    });
  }

  const QuantizedNetwork& network_;
  const Program& program_;
  std::span<const float> image_;
  const std::map<std::string, std::vector<std::int32_t>>& codes_;
  const graph::Node* node_ = nullptr;
  const Step* step_ = nullptr;
  std::int64_t each_ = 1;  // elements of a channel
  RealTensor out_;
  std::vector<RealTensor> tensors_;
};

}  // namespace

std::vector<RealTensor> real_values(const QuantizedNetwork& network, const Program& program,
                                    std::span<const float> image,
                                    const std::map<std::string, std::vector<std::int32_t>>& codes) {
  return RealPass(network, program, image, codes).run();
}

}  // namespace bitloom::integer
