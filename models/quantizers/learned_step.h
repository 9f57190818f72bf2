#pragma once

#include "models/quantizers/linear_quantizer.h"

/// What quantizers share that learn the distance between their levels.
namespace bitloom::nn {

/// `levels` whose range is their step: value = code * step.
LinearLevels in_steps(const LinearLevels& levels);

/// Where x counts as inside the levels: lowest - margin < x / step < highest + margin.
constexpr double kBetweenLevels = 0;  // margins
constexpr double kRoundedToLevels = 0.5;

/// x on the levels of a learned step s: y = s clip(round(x / s), lowest, highest). Gradients:
///   dy/dx = 1 inside, 0 outside
///   dy/ds = round(x / s) - x / s inside, lowest or highest outside
/// `levels` are in_steps(); `step` is positive, and one number, or one for each output channel.
Tensor learned_step(const Tensor& x, const Tensor& step, const LinearLevels& levels, double margin);

/// LSQ's 1 / sqrt(N p) (Esser et al. 2020, sec. 2.2), by which it scales the gradients of what N
/// values share; p is the highest code. N counts weights, or the features of one image.
double shared_gradient_scale(const Tensor& values, const Tensor& shared, const QuantizerTask& task,
                             const LinearLevels& levels);

/// `values`, whose gradient is multiplied by `factor`.
Tensor with_gradient_scaled(const Tensor& values, double factor);

/// `values`, whose gradient is kept from -limit to limit, element by element.
Tensor with_gradient_within(const Tensor& values, const Tensor& limit);

/// A quantizer of linear levels whose step, or what the step is made of, is learned.
class LearnedStepQuantizer : public LinearQuantizer {
 public:
  /// `name` is the learned state's.
  LearnedStepQuantizer(const QuantizerTask& task, const LinearLevels& levels, std::string name)
      : LinearQuantizer(task, in_steps(levels)), name_(std::move(name)) {}

  void calibrate(const Tensor& values) override;
  std::vector<std::pair<std::string, Tensor>> state() const override { return {{name_, learned_}}; }

 protected:
  /// What is learned, at first, for each of the rows of `rows` [1 or channels][n].
  virtual Tensor first(const Tensor& rows) const = 0;
  /// The step, with gradients to `learned`; positive.
  virtual Tensor step(const Tensor& learned) const = 0;

  /// What is learned, on the device of `values`, which it fits.
  Tensor learned_for(const Tensor& values) const;
  Tensor range() const override;
  std::string range_name() const override { return name_; }
  std::optional<std::string> missed_by(const std::string& name,
                                       const Tensor& values) const override;

 private:
  std::string name_;
  Tensor learned_ = torch::empty({0}, torch::requires_grad());
};

}  // namespace bitloom::nn
