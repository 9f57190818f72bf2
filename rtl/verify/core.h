#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace bitloom::verify {

/// The parameters of bismo_core.sv that tell one Verilated array from another.
struct CoreParameters {
  std::int64_t dm = 0;
  std::int64_t dk = 0;
  std::int64_t dn = 0;
  std::int64_t accumulator_bits = 32;
  std::int64_t activation_words = 0;
  std::int64_t weight_words = 0;
  std::int64_t activation_port_bits = 0;
  std::int64_t weight_port_bits = 0;
  std::int64_t result_port_bits = 0;
  std::int64_t coefficient_bits = 0;  // 0: planes weigh powers of two

  std::int64_t tile_bits() const { return dm * dn * accumulator_bits; }
  bool operator==(const CoreParameters&) const = default;
};

/// One operand of an instruction (rtl/README.md, "Instruction").
struct InstructionOperand {
  std::int64_t tiles = 0;
  std::int64_t rows_in_last_tile = 0;
  std::int64_t bits = 0;
  bool is_signed = false;
  std::int64_t beats_per_word = 0;
  std::int64_t beats_of_last_word = 0;
};

/// An instruction: one phase.
struct Instruction {
  bool outer_is_weights = false;
  bool clear = true;  // tile sums start from zero
  bool emit = true;   // tile sums are results
  std::int64_t words = 0;
  InstructionOperand activations;
  InstructionOperand weights;
  bool bipolar = false;                              // weight bit 1 stands for +1 and 0 for -1
  std::array<std::uint32_t, 16> activation_codes{};  // of each plane
};

/// What the harness drives in a cycle. A null pointer leaves the stream's valid low.
struct CoreInputs {
  const Instruction* instruction = nullptr;
  const std::uint32_t* activations =
      nullptr;  // a beat, low word first, bits past the port's width zero
  const std::uint32_t* weights = nullptr;
  std::uint32_t weight_code = 0;  // beside the beat
  bool result_ready = true;
};

/// What the core shows after a clock edge: its streams for the next cycle, and what happened in the
/// cycle that ended.
struct CoreOutputs {
  bool instruction_ready = false;
  bool activation_ready = false;
  bool weight_ready = false;
  const std::uint32_t* result =
      nullptr;  // a beat, low word first; null while valid is low; good until the next clock
  bool issued = false;
  bool phase_ended = false;
  bool stopped = false;  // the RTL ended the simulation: Core::stop() says how
};

/// A Verilated bismo_core, whatever its parameters. No member is defined outside this header, so
/// that a core built at run time needs nothing of the program that loads it.
class Core {
 public:
  virtual ~Core() = default;
  virtual const CoreParameters& parameters() const = 0;
  /// The constant that the RTL exports: cycles of a phase beyond those of its schedule.
  virtual std::int64_t pipeline_cycles() const = 0;
  /// Holds reset for two cycles.
  virtual CoreOutputs reset() = 0;
  /// One cycle: applies `inputs`, then the clock edge.
  virtual CoreOutputs clock(const CoreInputs& inputs) = 0;
  /// The first `$finish`, `$stop`, `$error` or `$fatal` of the RTL, with its place; else nothing.
  virtual std::string stop() const = 0;
  /// Writes an FST waveform from now on; false where the core was built without tracing.
  virtual bool trace(const std::string& path) = 0;
  /// Where the next cycle begins in a waveform, in its time units; its clock edge is half a cycle
  /// later.
  virtual std::int64_t waveform_time() const = 0;
  /// Ends the waveform file.
  virtual void close_trace() = 0;
  /// Writes Verilator's coverage points; false where the core was built without them.
  virtual bool write_coverage(const std::string& path) = 0;
};

}  // namespace bitloom::verify
