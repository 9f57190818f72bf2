#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/fields.h"
#include "base/quantity.h"
#include "sim/kit/memory_table.h"
#include "sim/kit/sourced_constant.h"

namespace bitloom::sim {
class Machine;
}

namespace bitloom::hardware {

/// Habits of BitFusion's published performance models that hardware need not have; their figures
/// come out only with them. docs/reference/bitfusion.md says what each means and what holds without
/// it.
struct BitFusionOddities {
  bool psum_first_touch = false;
  bool wgt_pad = false;
  bool out_pad = false;
  bool ragged_full = false;
  bool halo_full = false;
  bool windows_expanded = false;
  bool depthwise_proxy = false;
  std::int64_t depthwise_dense_rows = 0;  // 0: channels have lanes of their own
  bool latency_full = false;
  bool overlap_full = false;
  bool port_packed = false;
  bool port_split = false;
  bool held_as_run = false;
  bool floor_packing = false;
  bool core_energy_flat = false;
  bool sram_unshared = false;

  void show(FieldVisitor& visitor);
};

/// The tables of memories (`configs/memories`) of its scratchpads' banks; empty: none is named.
struct BitFusionMemories {
  std::string weights, activations, outputs;
};

/// Energy per action of a BitFusion; a scratchpad's word is BitFusion::operand_word_bits, of the
/// outputs' kAccumulatorBits.
struct BitFusionEnergy {
  std::string technology;
  SourcedConstant unit_cycle_pj;  // a fusion unit, all its bricks at work
  SourcedConstant idle_unit_cycle_pj;
  SourcedConstant wbuf_read_word_pj, wbuf_write_word_pj;
  SourcedConstant ibuf_read_word_pj, ibuf_write_word_pj;
  SourcedConstant obuf_read_word_pj, obuf_write_word_pj;
  SourcedConstant dram_bit_pj;
  static constexpr const char* kNoLeakage = "assumption: no leakage is given";
  SourcedConstant wbuf_bank_mw{0, kNoLeakage};  // leakage of a bank
  SourcedConstant ibuf_bank_mw{0, kNoLeakage};
  SourcedConstant obuf_bank_mw{0, kNoLeakage};
  SourcedConstant static_mw;  // of all but the banks

  /// What `memories` give need not be in a file.
  void show(FieldVisitor& visitor, const BitFusionMemories& memories);
};

/// A BitFusion (Sharma et al., ISCA 2018): `rows x columns` fusion units, each of bit-bricks that
/// compose to wider operands; double-buffered scratchpads for weights, activations and outputs; one
/// port to DRAM.
struct BitFusion {
  static constexpr std::string_view kFamily = "bitfusion";
  static constexpr std::int64_t kAccumulatorBits = 32;

  std::string name;
  std::string description;

  std::int64_t rows = 0;     // lanes over what is summed: input channels
  std::int64_t columns = 0;  // lanes over output channels
  std::int64_t unit_bits = 8;
  std::int64_t brick_bits = 2;
  std::int64_t operand_bits = 8;

  std::int64_t weight_bytes = 0;
  std::int64_t activation_bytes = 0;
  std::int64_t output_bytes = 0;
  std::int64_t port_bits = 0;
  std::int64_t memory_latency_cycles = 0;  // from a request to its first beat
  double clock_mhz = 0;
  std::int64_t batch = 1;
  std::int64_t output_dram_bits = 0;  // 0: as many as the layer's activations have
  double mapping_slack_pct = 0;       // of the least cycles, that less energy may cost

  BitFusionOddities oddities;
  BitFusionMemories memories;
  BitFusionEnergy energy;

  bool writes_back() const { return true; }
  Megahertz clock() const { return Megahertz(clock_mhz); }
  std::int64_t units() const { return rows * columns; }
  /// Cycles from a step of the array until it has passed the last unit.
  std::int64_t passage_cycles() const { return rows + columns - 2; }
  std::int64_t bricks_per_unit() const {
    return (unit_bits / brick_bits) * (unit_bits / brick_bits);
  }
  /// Bits that the bricks of a unit take in a cycle; a word of the weight and activation banks.
  std::int64_t operand_word_bits() const { return unit_bits * unit_bits / brick_bits; }
  std::int64_t peak_bit_macs_per_cycle() const { return units() * unit_bits * unit_bits; }
  /// Leakage of the whole machine.
  double leakage_mw() const;
  /// The width, 2^k bricks, at which an operand of `bits` runs.
  std::int64_t composed_bits(int bits) const;

  void show(FieldVisitor& visitor);
  /// Refuses fields that do not go together, at their place in `document`.
  void check(const DocumentValue& document) const;
  /// Takes the constants of banks that `document` leaves out from the memories that it names.
  void complete(const DocumentValue& document, const FindMemory& memory);
};

/// The machine that it describes.
std::unique_ptr<sim::Machine> machine_of(BitFusion description);

}  // namespace bitloom::hardware
