#pragma once

#include <memory>

#include <verilated.h>

#include "rtl/verify/fusion_unit.h"

namespace bitloom::verify {

/// FusionUnit on Verilator's class `Model`.
template <class Model>
class VerilatedFusionUnit final : public FusionUnit {
 public:
  VerilatedFusionUnit()
      : context_(std::make_unique<VerilatedContext>()),
        model_(std::make_unique<Model>(context_.get(), "fusion_unit")) {
    model_->clk_i = 0;
    model_->en_i = 1;
    model_->eval();
  }
  ~VerilatedFusionUnit() override { model_->final(); }

  std::uint32_t clock(const FusionInputs& in) override {
    model_->activation_mode_i = static_cast<CData>(in.activation_mode);
    model_->weight_mode_i = static_cast<CData>(in.weight_mode);
    model_->activation_signed_i = in.activation_signed;
    model_->weight_signed_i = in.weight_signed;
    model_->activation_high_i = in.activation_high;
    model_->weight_high_i = in.weight_high;
    model_->activations_i = in.activations;
    model_->weights_i = in.weights;
    model_->sum_i = in.sum;
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
    model_->eval();
    return model_->sum_o;
  }
  /// The model itself, for what a clock does not show.
  Model& model() { return *model_; }

 private:
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;
};

}  // namespace bitloom::verify
