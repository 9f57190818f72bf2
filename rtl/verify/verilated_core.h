#pragma once

#include <array>
#include <memory>
#include <string>
#include <type_traits>

#include <verilated.h>
#if VM_TRACE
#include <verilated_fst_c.h>
#endif
#if VM_COVERAGE
#include <verilated_cov.h>
#endif

#include "rtl/verify/core.h"

namespace bitloom::verify {

#ifdef VL_USER_FINISH
/// Where a core that is built at run time keeps what Verilator's vl_finish() and its like were
/// told.
std::string& stop_text();
#endif

/// Copies a beat into a Verilated port of any width.
template <class Port>
void drive(Port& port, const std::uint32_t* beat) {
  if constexpr (std::is_same_v<Port, QData>) {
    port = beat[0] | static_cast<QData>(beat[1]) << 32;
  } else if constexpr (std::is_integral_v<Port>) {
    port = static_cast<Port>(beat[0]);
  } else {
    for (std::size_t i = 0; i < sizeof(Port) / sizeof(EData); ++i) port[i] = beat[i];
  }
}

/// A Verilated port's words: its own where it is wide, else a copy in `narrow`.
template <class Port>
const std::uint32_t* words_of(Port& port, std::array<std::uint32_t, 2>& narrow) {
  if constexpr (std::is_integral_v<Port>) {
    const auto bits = static_cast<std::uint64_t>(port);
    narrow = {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
    return narrow.data();
  } else {
    return &port[0];
  }
}

/// Core on Verilator's class `Model`.
template <class Model>
class VerilatedCore final : public Core {
 public:
  explicit VerilatedCore(const CoreParameters& parameters)
      : parameters_(parameters),
        context_(std::make_unique<VerilatedContext>()),
        model_(std::make_unique<Model>(context_.get(), "bismo_core")) {
#if VM_TRACE
    context_->traceEverOn(true);
#endif
#ifdef VL_USER_FINISH
    stop_text().clear();
#endif
    model_->clk_i = 0;
    model_->rst_ni = 1;
    model_->eval();
  }

  ~VerilatedCore() override {
    close_trace();
    model_->final();
  }

  const CoreParameters& parameters() const override { return parameters_; }
  std::int64_t pipeline_cycles() const override { return model_->pipeline_cycles_o; }

  std::string stop() const override {
#ifdef VL_USER_FINISH
    return stop_text();
#else
    return "";
#endif
  }

  CoreOutputs reset() override {
    model_->rst_ni = 0;
    edge();
    CoreInputs idle;
    clock(idle);
    model_->rst_ni = 1;
    return outputs();
  }

  CoreOutputs clock(const CoreInputs& inputs) override {
    model_->instruction_valid_i = inputs.instruction != nullptr;
    if (inputs.instruction != nullptr) drive_instruction(*inputs.instruction);
    model_->activation_valid_i = inputs.activations != nullptr;
    if (inputs.activations != nullptr) drive(model_->activation_data_i, inputs.activations);
    model_->weight_valid_i = inputs.weights != nullptr;
    if (inputs.weights != nullptr) drive(model_->weight_data_i, inputs.weights);
    if (parameters_.coefficient_bits > 0)
      model_->weight_code_i =
          static_cast<std::remove_reference_t<decltype(model_->weight_code_i)>>(inputs.weight_code);
    model_->result_ready_i = inputs.result_ready;
    edge();
    return outputs();
  }

  bool trace([[maybe_unused]] const std::string& path) override {
#if VM_TRACE
    waveform_ = std::make_unique<VerilatedFstC>();
    model_->trace(waveform_.get(), 99);
    waveform_->open(path.c_str());
    return waveform_->isOpen();
#else
    return false;
#endif
  }

  bool write_coverage([[maybe_unused]] const std::string& path) override {
#if VM_COVERAGE
    context_->coveragep()->write(path.c_str());
    return true;
#else
    return false;
#endif
  }

  std::int64_t waveform_time() const override { return cycle_ * kWaveformCycle; }

  void close_trace() override {
#if VM_TRACE
    if (waveform_) waveform_->close();
    waveform_.reset();
#endif
  }

 private:
  static constexpr std::int64_t kWaveformCycle = 10;

  void edge() {
#if VM_TRACE
    model_->eval();  // the cycle's inputs, before its edge
    dump(0);
#endif
    context_->time(static_cast<std::uint64_t>(waveform_time() + kWaveformCycle / 2));
    model_->clk_i = 1;
    model_->eval();
#if VM_TRACE
    dump(kWaveformCycle / 2);
#endif
    model_->clk_i = 0;
    model_->eval();
    ++cycle_;
  }

#if VM_TRACE
  void dump(std::int64_t offset) {
    if (waveform_) waveform_->dump(static_cast<std::uint64_t>(waveform_time() + offset));
  }
#endif

  void drive_instruction(const Instruction& i) {
    Model& m = *model_;
    const auto set = [](auto& port, std::int64_t value) {
      port = static_cast<std::remove_reference_t<decltype(port)>>(value);
    };
    set(m.outer_is_weights_i, i.outer_is_weights);
    set(m.clear_i, i.clear);
    set(m.emit_i, i.emit);
    set(m.words_i, i.words);
    set(m.activation_tiles_i, i.activations.tiles);
    set(m.activation_rows_in_last_tile_i, i.activations.rows_in_last_tile);
    set(m.activation_bits_i, i.activations.bits);
    set(m.activation_signed_i, i.activations.is_signed);
    set(m.activation_beats_per_word_i, i.activations.beats_per_word);
    set(m.activation_beats_of_last_word_i, i.activations.beats_of_last_word);
    if (parameters_.coefficient_bits > 0)
      drive(m.activation_codes_i, packed(i.activation_codes).data());
    set(m.weight_tiles_i, i.weights.tiles);
    set(m.weight_rows_in_last_tile_i, i.weights.rows_in_last_tile);
    set(m.weight_bits_i, i.weights.bits);
    set(m.weight_signed_i, i.weights.is_signed);
    set(m.weight_bipolar_i, i.bipolar);
    set(m.weight_beats_per_word_i, i.weights.beats_per_word);
    set(m.weight_beats_of_last_word_i, i.weights.beats_of_last_word);
  }

  /// The codes of the activations' planes side by side, the first lowest.
  std::array<std::uint32_t, 8> packed(const std::array<std::uint32_t, 16>& codes) const {
    std::array<std::uint32_t, 8> words{};
    const auto bits = static_cast<std::size_t>(parameters_.coefficient_bits);
    for (std::size_t plane = 0; plane < codes.size(); ++plane)
      for (std::size_t bit = 0; bit < bits; ++bit)
        words[(plane * bits + bit) / 32] |= (codes[plane] >> bit & 1U)
                                            << ((plane * bits + bit) % 32);
    return words;
  }

  CoreOutputs outputs() {
    return {.instruction_ready = model_->instruction_ready_o != 0,
            .activation_ready = model_->activation_ready_o != 0,
            .weight_ready = model_->weight_ready_o != 0,
            .result = model_->result_valid_o ? words_of(model_->result_data_o, narrow_) : nullptr,
            .issued = model_->issued_o != 0,
            .phase_ended = model_->phase_ended_o != 0,
#ifdef VL_USER_FINISH
            .stopped = !stop_text().empty()};
#else
            .stopped = false};
#endif
  }

  CoreParameters parameters_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> waveform_;
#endif
  std::array<std::uint32_t, 2> narrow_{};
  std::int64_t cycle_ = 0;
};

}  // namespace bitloom::verify
