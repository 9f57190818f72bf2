#pragma once

#include "models/quantizers/levels.h"

namespace bitloom::nn {

/// A quantizer of linear levels, whose range its implementation knows.
class LinearQuantizer : public Quantizer {
 public:
  LinearQuantizer(const QuantizerTask& task, const LinearLevels& levels)
      : task_(task), levels_(levels) {}

  torch::Tensor quantize(const torch::Tensor& values) override;
  std::optional<Codes> codes(const torch::Tensor& values) override;
  std::optional<double> activation_scale() const override;

  const LinearLevels& levels() const { return levels_; }

 protected:
  /// One element, or one for each output channel, as levels.h says; positive.
  virtual torch::Tensor range() const = 0;
  /// The state that it is made of.
  virtual std::string range_name() const { return "range"; }
  const QuantizerTask& task() const { return task_; }

 private:
  torch::Tensor range_for(const torch::Tensor& values) const;

  QuantizerTask task_;
  LinearLevels levels_;
};

/// Linear levels of a range that calibrate() fixes: the state `range`.
class CalibratedQuantizer : public LinearQuantizer {
 public:
  /// The range for `values`.
  using ChooseRange = torch::Tensor (*)(const torch::Tensor& values, const QuantizerTask& task,
                                        const LinearLevels& levels);

  CalibratedQuantizer(const QuantizerTask& task, const LinearLevels& levels, ChooseRange choose)
      : LinearQuantizer(task, levels), choose_(choose) {}

  void calibrate(const torch::Tensor& values) override;
  std::vector<std::pair<std::string, torch::Tensor>> state() const override;

 protected:
  torch::Tensor range() const override;
  std::optional<std::string> missed_by(const std::string& name,
                                       const torch::Tensor& values) const override;

 private:
  ChooseRange choose_;
  torch::Tensor range_ = torch::empty({0});
};

}  // namespace bitloom::nn
