#include "models/torch/codes_network.h"

#include <algorithm>
#include <span>

#include "models/torch/code_arithmetic.h"
#include "models/torch/operators/padding.h"

namespace bitloom::nn {
namespace {

using integer::Step;

constexpr std::int64_t kFloatIntegers = std::int64_t{1} << 24;  // below it, floats are exact

torch::ScalarType type_for(const std::vector<std::int64_t>& bounds) {
  const std::int64_t highest = *std::max_element(bounds.begin(), bounds.end());
  return highest < kFloatIntegers ? torch::kFloat32 : torch::kFloat64;
}

Tensor integers(const std::vector<std::int32_t>& values, torch::ScalarType type) {
  return torch::tensor(values, torch::kInt32).to(type);
}

/// Calls `work` with `x`'s elements as what they are.
template <class Work>
void with_elements(const Tensor& x, const Work& work) {
  if (x.scalar_type() == torch::kFloat32)
    work(x.data_ptr<float>());
  else
    work(x.data_ptr<double>());
}

/// Calls `work(channel, offset, length)` for each plane of contiguous [batch][channels]...
template <class Work>
void each_plane(const Tensor& x, const Work& work) {
  const auto batch = x.size(0), channels = x.size(1);
  const std::int64_t length = x.numel() / (batch * channels);
  for (std::int64_t plane = 0; plane < batch * channels; ++plane)
    work(static_cast<std::size_t>(plane % channels), plane * length,
         static_cast<std::size_t>(length));
}

/// `x` with `value` around it, so that a window that reaches beyond the image meets it: `out`
/// windows fit.
Tensor surrounded(const Tensor& x, const graph::Window& window, const graph::Shape& out,
                  double value) {
  const auto missing = [](std::int64_t windows, std::int64_t stride, std::int64_t kernel,
                          std::int64_t dilation, std::int64_t before, std::int64_t in) {
    return std::max<std::int64_t>(
        0, (windows - 1) * stride + dilation * (kernel - 1) + 1 - before - in);
  };
  const std::int64_t bottom = missing(out[1], window.stride.height, window.kernel.height,
                                      window.dilation.height, window.padding.top, x.size(2));
  const std::int64_t right = missing(out[2], window.stride.width, window.kernel.width,
                                     window.dilation.width, window.padding.left, x.size(3));
  if (window.padding.top + window.padding.left + bottom + right == 0) return x;
  return torch::constant_pad_nd(x, {window.padding.left, right, window.padding.top, bottom}, value);
}

}  // namespace

CodesNetwork::CodesNetwork(integer::Program program)
    : program_(std::move(program)),
      layers_(program_.steps.size()),
      last_reader_(program_.steps.size()) {
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    const Step& step = program_.steps[i];
    for (const std::size_t input : step.inputs) last_reader_[input] = i;
    const auto* layer = std::get_if<integer::LayerStep>(&step.op);
    if (!layer) continue;
    const auto type = type_for(step.bounds);
    const graph::LayerShape& shape = layer->shape;
    layers_[i].weights = integers(layer->weights, type)
                             .reshape({shape.out_channels, shape.in_channels / shape.groups,
                                       shape.kernel.height, shape.kernel.width});
    for (std::size_t c = 0; c < layer->negated.size(); ++c)
      if (layer->negated[c]) layers_[i].weights[static_cast<std::int64_t>(c)].neg_();
    layers_[i].biases = integers(layer->biases, type);
  }
  for (const graph::Output& output : program_.outputs)
    last_reader_[output.node] = program_.steps.size();
}

/// One pass over the program.
class CodesNetwork::Run {
 public:
  Run(const CodesNetwork& network, const Tensor& images, const Observer& observer)
      : network_(network),
        observer_(observer),
        images_(images.contiguous()),
        values_(network.program_.steps.size()) {}

  Tensor run() {
    const auto& steps = network_.program_.steps;
    for (at_ = 0; at_ < steps.size(); ++at_) {
      values_[at_] = std::visit(*this, steps[at_].op);
      for (const std::size_t input : steps[at_].inputs)
        if (network_.last_reader_[input] == at_) values_[input] = Tensor();
    }
    std::vector<Tensor> outputs;
    for (const graph::Output& output : network_.program_.outputs)
      outputs.push_back(real(values_[output.node], steps[output.node].scales));
    return outputs.size() == 1 ? outputs.front() : torch::cat(outputs, 1);
  }

  Tensor operator()(const integer::QuantizeImage& op) {
    Tensor codes = torch::empty_like(images_);
    quantize_image(images_.data_ptr<float>(), static_cast<std::size_t>(images_.numel()), op.scale,
                   integer::range_of(op.type), codes.data_ptr<float>());
    return codes;
  }

  Tensor operator()(const integer::LayerStep& op) {
    const LayerTensors& tensors = network_.layers_[at_];
    const Tensor codes = requantized(input(), op);
    const Tensor x = as_image(codes.to(tensors.weights.scalar_type()));
    const Padded from = padded(x, op.window.padding, 0, true);
    const Tensor sums =
        torch::conv2d(from.x, tensors.weights, tensors.biases, sizes(op.window.stride), from.left,
                      sizes(op.window.dilation), op.shape.groups);
    const Tensor result = shaped(sums);
    if (observer_) observer_(op.layer, codes, result);
    return result;
  }

  Tensor operator()(const integer::Affine& op) {
    const Tensor x = input();
    Tensor y = room_for_result(x, type_for(step().bounds));
    with_elements(x, [&](const auto* from) {
      with_elements(y, [&](auto* to) {
        each_plane(x, [&](std::size_t channel, std::int64_t at, std::size_t n) {
          apply_affine(from + at, n, op.multipliers[channel], op.offsets[channel], to + at);
        });
      });
    });
    return y;
  }

  Tensor operator()(const integer::Clamp& op) {
    const Tensor x = input();
    Tensor y = room_for_result(x, x.scalar_type());
    with_elements(x, [&]<class Value>(const Value* from) {
      each_plane(x, [&](std::size_t channel, std::int64_t at, std::size_t n) {
        clamp_to(from + at, n, op.highest[channel], y.data_ptr<Value>() + at);
      });
    });
    return y;
  }

  Tensor operator()(const integer::MaxPool& op) {
    const Tensor x = surrounded(input(), op.window, step().shape, -INFINITY);
    return torch::max_pool2d(x, sizes(op.window.kernel), sizes(op.window.stride), {0, 0},
                             sizes(op.window.dilation));
  }

  Tensor operator()(const integer::AveragePool& op) {
    const Tensor x = input();
    Tensor shifted = torch::empty(x.sizes(), torch::kFloat64);
    with_elements(x, [&](const auto* from) {
      shift_down(from, static_cast<std::size_t>(x.numel()), op.shift, shifted.data_ptr<double>());
    });
    const Tensor sums =
        torch::avg_pool2d(surrounded(shifted, op.window, step().shape, 0), sizes(op.window.kernel),
                          sizes(op.window.stride), {0, 0}, false, true, 1)
            .contiguous();
    return op.factors.empty() ? sums : weighted(sums, op.factors);
  }

  Tensor operator()(const integer::Add& op) {
    Tensor sum = torch::zeros(input().sizes(), torch::kFloat64);
    for (std::size_t i = 0; i < op.factors.size(); ++i) {
      const Tensor x = input(i);
      with_elements(x, [&](const auto* from) {
        each_plane(x, [&](std::size_t channel, std::int64_t at, std::size_t n) {
          add_scaled(from + at, n, op.factors[i][channel], sum.data_ptr<double>() + at);
        });
      });
    }
    return sum;
  }

  Tensor operator()(const integer::Concat&) {
    std::vector<Tensor> parts;
    for (std::size_t i = 0; i < step().inputs.size(); ++i)
      parts.push_back(input(i).to(type_for(step().bounds)));
    return torch::cat(parts, 1);
  }

  Tensor operator()(const integer::Upsample&) {
    return torch::upsample_nearest2d(input(), {step().shape[1], step().shape[2]});
  }

  Tensor operator()(const integer::Flatten&) { return input().flatten(1); }

  Tensor operator()(const integer::Subsample& op) {
    using torch::indexing::None;
    using torch::indexing::Slice;
    const Tensor kept = input().index(
        {Slice(), Slice(), Slice(None, None, op.stride), Slice(None, None, op.stride)});
    const std::int64_t behind = step().shape[0] - op.channels_before - kept.size(1);
    return torch::constant_pad_nd(kept, {0, 0, 0, 0, op.channels_before, behind});
  }

 private:
  /// Values times their channels' scales, [batch][values].
  static Tensor real(const Tensor& values, const std::vector<double>& scales) {
    const Tensor each = torch::tensor(scales, torch::kFloat64).unsqueeze(1);
    const Tensor channels =
        values.to(torch::kFloat64).reshape({values.size(0), values.size(1), -1});
    return (channels * each).flatten(1);
  }
  const Step& step() const { return network_.program_.steps[at_]; }
  Tensor input(std::size_t which = 0) const { return values_[step().inputs[which]].contiguous(); }
  /// Where an element-wise result goes: over `x`, the step's input, where nobody reads that again.
  Tensor room_for_result(const Tensor& x, torch::ScalarType type) const {
    const bool is_last = network_.last_reader_[step().inputs[0]] == at_;
    return is_last && x.scalar_type() == type ? x : torch::empty(x.sizes(), type);
  }
  static Tensor as_image(const Tensor& x) {
    return x.dim() == 4 ? x : x.reshape({x.size(0), x.size(1), 1, 1});
  }
  Tensor shaped(const Tensor& x) const { return step().shape.size() == 3 ? x : x.flatten(1); }

  static std::span<const std::int32_t> thresholds_of(const integer::LayerStep& op,
                                                     std::size_t channel) {
    const std::size_t each = op.levels.size() - 1;
    return std::span(op.thresholds).subspan(channel * each, each);
  }
  static Tensor requantized(const Tensor& x, const integer::LayerStep& op) {
    Tensor codes = torch::empty(x.sizes(), torch::kFloat32);
    with_elements(x, [&](const auto* from) {
      each_plane(x, [&](std::size_t channel, std::int64_t at, std::size_t n) {
        float* to = codes.data_ptr<float>() + at;
        if (op.levels.empty())
          requantize(from + at, n, op.factors[channel], integer::range_of(op.activation_type), to);
        else
          to_levels(from + at, n, thresholds_of(op, channel), op.levels, to);
      });
    });
    return codes;
  }

  /// Each output pixel's sum by its own factor.
  static Tensor weighted(const Tensor& sums, const std::vector<integer::Dyadic>& factors) {
    Tensor result = torch::zeros_like(sums);
    const double* from = sums.data_ptr<double>();
    double* to = result.data_ptr<double>();
    for (std::int64_t i = 0; i < sums.numel(); ++i)
      add_scaled(from + i, 1, factors[static_cast<std::size_t>(i) % factors.size()], to + i);
    return result;
  }

  const CodesNetwork& network_;
  const Observer& observer_;
  Tensor images_;
  std::vector<Tensor> values_;
  std::size_t at_ = 0;
};

Tensor CodesNetwork::forward(const Tensor& images, const Observer& observer) const {
  const torch::NoGradGuard no_gradient;
  return Run(*this, images, observer).run();
}

Classifier classifier_of(std::shared_ptr<QuantizedNetwork> model) {
  if (model->why_no_integers() || model->has_learned_levels())
    return [model](const Tensor& images) { return model->forward(images); };
  auto codes = std::make_shared<CodesNetwork>(model->program());
  return [codes](const Tensor& images) { return codes->forward(images); };
}

}  // namespace bitloom::nn
