#include "models/integer/network.h"

#include <algorithm>
#include <type_traits>

#include "base/error.h"
#include "models/integer/operations.h"

namespace bitloom::integer {
namespace {

std::size_t size_of(const graph::Shape& shape) {
  std::int64_t size = 1;
  for (const std::int64_t dimension : shape) size *= dimension;
  return static_cast<std::size_t>(size);
}

/// One image's way through a program. Values are dropped with their last reader, and their memory
/// is used again.
class Pass {
 public:
  Pass(const Program& program, const std::vector<IntegerLayer>& layers,
       const std::vector<std::size_t>& readers, Kernel kernel, const Observer& observer)
      : program_(program),
        layers_(layers),
        readers_(readers),
        kernel_(kernel),
        observer_(observer),
        values_(program.steps.size()) {}

  void run(std::span<const float> image) {
    image_ = image;
    readers_left_ = readers_;
    for (std::size_t id = 0; id < program_.steps.size(); ++id) {
      step_ = &program_.steps[id];
      std::visit([this](const auto& op) { compute(op); }, step_->op);
      values_[id] = std::move(result_);
      if (observer_.values) observer_.values(id, values_[id]);
      for (const graph::NodeId input : step_->inputs)
        if (--readers_left_[input] == 0) recycle(std::move(values_[input]));
    }
  }

  /// A node's values after run(), where it is an output.
  Values values(graph::NodeId node) const { return values_[node]; }

 private:
  Values input(std::size_t index = 0) const { return values_[step_->inputs[index]]; }
  const graph::Shape& input_shape() const { return program_.steps[step_->inputs[0]].shape; }

  void recycle(std::vector<std::int32_t> memory) {
    if (memory.capacity() > 0) spare_.push_back(std::move(memory));
  }

  std::vector<std::int32_t> memory(std::size_t size) {
    std::vector<std::int32_t> memory;
    const auto fits = std::find_if(spare_.begin(), spare_.end(),
                                   [&](const auto& spare) { return spare.capacity() >= size; });
    if (fits != spare_.end()) {
      memory = std::move(*fits);
      spare_.erase(fits);
    }
    memory.resize(size);
    return memory;
  }

  Results make_result() { return result_ = memory(size_of(step_->shape)); }

  /// The input's values as the result: themselves where nobody else reads them.
  Results take_input() {
    const graph::NodeId id = step_->inputs[0];
    if (readers_left_[id] == 1)
      result_ = std::move(values_[id]);
    else
      std::copy(values_[id].begin(), values_[id].end(), make_result().begin());
    return result_;
  }

  void compute(const QuantizeImage& op) { quantize_image(op, image_, make_result()); }

  void compute(const LayerStep& op) {
    std::vector<std::int32_t> codes = memory(input().size());
    if (op.levels.empty())
      requantize(input(), op.factors, range_of(op.activation_type), codes);
    else
      to_levels(input(), op.factors.size(), op.thresholds, op.levels, codes);
    if (observer_.codes) observer_.codes(op, codes);
    result_ = layers_[op.layer].accumulate(codes, kernel_);
    recycle(std::move(codes));
  }

  void compute(const Affine& op) { multiply_add(op, take_input()); }
  void compute(const Clamp& op) { limit(op, take_input()); }
  void compute(const MaxPool& op) { pool(op, input(), input_shape(), step_->shape, make_result()); }
  void compute(const AveragePool& op) {
    pool(op, input(), input_shape(), step_->shape, make_result());
  }

  void compute(const Add& op) {
    const Results sum = make_result();
    for (std::size_t i = 0; i < op.factors.size(); ++i) add(input(i), op.factors[i], i == 0, sum);
  }

  void compute(const Concat&) {
    auto out = make_result().begin();
    for (std::size_t i = 0; i < step_->inputs.size(); ++i)
      out = std::copy(input(i).begin(), input(i).end(), out);
  }

  void compute(const Upsample&) { upsample(input(), input_shape(), step_->shape, make_result()); }
  void compute(const Flatten&) { take_input(); }
  void compute(const Subsample& op) {
    subsample(op, input(), input_shape(), step_->shape, make_result());
  }

  const Program& program_;
  const std::vector<IntegerLayer>& layers_;
  const std::vector<std::size_t>& readers_;
  Kernel kernel_;
  const Observer& observer_;
  std::span<const float> image_;
  const Step* step_ = nullptr;
  std::vector<std::size_t> readers_left_;
  std::vector<std::vector<std::int32_t>> values_;
  std::vector<std::int32_t> result_;
  std::vector<std::vector<std::int32_t>> spare_;
};

}  // namespace

IntegerNetwork::IntegerNetwork(Program program)
    : program_(std::move(program)), readers_(program_.steps.size()) {
  ensure(!program_.steps.empty(), "a program has steps");
  for (const graph::Output& output : program_.outputs) ++readers_[output.node];
  for (const Step& step : program_.steps) {
    for (const graph::NodeId input : step.inputs) ++readers_[input];
    if (const auto* op = std::get_if<LayerStep>(&step.op)) {
      ensure(op->layer == layers_.size(), "a program's layers stand in execution order");
      layers_.emplace_back(
          LayerSpecification{op->shape, op->window, op->weight_type, op->activation_type,
                             op->weight_planes, op->activation_planes},
          op->weights, op->biases, op->negated);
    }
  }
}

std::vector<double> IntegerNetwork::run(std::span<const float> images, Kernel kernel,
                                        const Observer& observer) const {
  const std::size_t pixels = size_of(program_.steps.front().shape);
  ensure(!images.empty() && images.size() % pixels == 0, "images have the network's input size");
  Pass pass(program_, layers_, readers_, kernel, observer);
  std::vector<double> outputs;
  for (; !images.empty(); images = images.subspan(pixels)) {
    pass.run(images.first(pixels));
    for (const graph::Output& output : program_.outputs) {
      const Values values = pass.values(output.node);
      const std::vector<double>& scales = program_.steps[output.node].scales;
      const std::size_t each = values.size() / scales.size();
      for (std::size_t i = 0; i < values.size(); ++i)
        outputs.push_back(values[i] * scales[i / each]);
    }
  }
  return outputs;
}

}  // namespace bitloom::integer
