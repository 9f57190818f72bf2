#pragma once

#include <memory>
#include <type_traits>

#include <verilated.h>

#include "rtl/verify/shift_column.h"

namespace bitloom::verify {

/// Puts values of `width` bits side by side into a port of Verilator's, the first at bit 0.
template <class Port, class Value>
void pack(Port& port, std::span<const Value> values, int width) {
  const auto bits_of = [&](Value value) {
    return static_cast<std::uint64_t>(value) & ((std::uint64_t{1} << width) - 1);
  };
  if constexpr (std::is_integral_v<Port>) {
    std::uint64_t packed = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      packed |= bits_of(values[i]) << (static_cast<int>(i) * width);
    port = static_cast<Port>(packed);
  } else {
    constexpr int kWordBits = 32;
    for (std::size_t word = 0; word < sizeof(Port) / sizeof(EData); ++word) port[word] = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int at = static_cast<int>(i) * width, within = at % kWordBits;
      const std::uint64_t placed = bits_of(values[i]) << within;
      port[static_cast<std::size_t>(at / kWordBits)] |= static_cast<EData>(placed);
      if (within + width > kWordBits)
        port[static_cast<std::size_t>(at / kWordBits) + 1] |= static_cast<EData>(placed >> 32);
    }
  }
}

/// ShiftColumn on Verilator's class `Model`.
template <class Model>
class VerilatedShiftColumn final : public ShiftColumn {
 public:
  explicit VerilatedShiftColumn(const ShiftColumnSize& size)
      : size_(size),
        context_(std::make_unique<VerilatedContext>()),
        model_(std::make_unique<Model>(context_.get(), "shift_column")) {
    model_->clk_i = 0;
    model_->eval();
  }
  ~VerilatedShiftColumn() override { model_->final(); }

  ShiftColumnSize size() const override { return size_; }

  void clock(const ShiftInputs& in) override {
    model_->load_i = in.load;
    model_->swap_i = in.swap;
    if (in.load) pack(model_->first_words_i, in.first_words, size_.exponent_bits + 1);
    if (in.load) pack(model_->second_words_i, in.second_words, size_.exponent_bits + 1);
    model_->en_i = in.enable;
    model_->second_i = in.second;
    model_->clear_i = in.clear;
    model_->activation_signed_i = in.activation_signed;
    set_pixel(in.pixel);
    if (in.enable) pack(model_->activations_i, in.activations, size_.activation_bits);
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
    model_->eval();
  }

  std::uint64_t sum(int pixel) override {
    set_pixel(pixel);
    model_->eval();
    return model_->sum_o;
  }

 private:
  void set_pixel(int pixel) {
    model_->pixel_i = static_cast<std::remove_reference_t<decltype(model_->pixel_i)>>(pixel);
  }

  ShiftColumnSize size_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;
};

}  // namespace bitloom::verify
