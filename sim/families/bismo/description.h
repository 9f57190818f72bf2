#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/fields.h"
#include "base/quantity.h"
#include "sim/families/bismo/energy_constants.h"
#include "sim/kit/dram.h"

namespace bitloom::sim {
class Machine;
struct DefaultEnergies;
}  // namespace bitloom::sim

namespace bitloom::hardware {

/// What leaves the array for DRAM (docs/reference/timing-knobs.md, "Write-back").
enum class WriteBack {
  kNone,          // nothing that is counted
  kAccumulators,  // results of accumulator_bits
  kActivations,   // results requantized to the bits of the activations that they become
};

/// What a bit pair waits for (docs/reference/timing-knobs.md, "Synchronisation").
enum class FetchSync {
  kPlane,  // its two planes
  kBlock,  // all planes of its phase
};

/// What a bit-plane pair of two operands weighs (docs/reference/timing-knobs.md, "Coefficients").
enum class Coefficients {
  kShift,       // a power of two
  kFixedPoint,  // the product of two codes
};

/// Where windows become matrix rows (docs/reference/timing-knobs.md, "Layout of activations").
enum class Im2col {
  kHost,      // in DRAM, before the layer
  kOnTheFly,  // on their way from DRAM into the buffers
};

/// Whose activations are converted to bit-planes before they run (docs/reference/timing-knobs.md,
/// "Layout of activations").
enum class Conversion {
  kNone,
  kDiffering,  // layers that read other activation bits than were written
  kAll,
};

/// How activations lie in DRAM, and the unit that converts them.
struct Layout {
  Im2col im2col = Im2col::kHost;
  Conversion convert = Conversion::kNone;
  std::int64_t port_bits = 0;      // read, and as many written, a cycle
  SourcedConstant convert_bit_pj;  // read or written by that unit
  bool is_described = false;       // has a section in the hardware's file

  static constexpr FieldInfo kSection{"layout", "", "how activations lie in DRAM"};

  Layout();
  /// Of an activation of so many bits in memory: whole bytes where all are converted.
  std::int64_t stored_bits(std::int64_t bits) const;
  bool converts() const { return convert != Conversion::kNone; }
  void show(FieldVisitor& visitor);
};

/// A BISMO overlay (Umuroglu et al., FPL 2018; TRETS 2019): `dm x dn` dot-product units of `dk`
/// bits, a buffer for each array row and column, one read port for activations and one for weights,
/// and a port through which results leave.
struct Bismo {
  static constexpr std::string_view kFamily = "bismo";

  std::string name;
  std::string description;

  std::int64_t dm = 0;  // array rows: output pixels
  std::int64_t dk = 0;  // bits of a dot-product unit and of a buffer word
  std::int64_t dn = 0;  // array columns: output channels

  std::int64_t activation_buffer_words = 0;  // per array row
  std::int64_t weight_buffer_words = 0;      // per array column

  std::int64_t activation_port_bits = 0;  // per cycle
  std::int64_t weight_port_bits = 0;      // per cycle
  std::int64_t result_port_bits = 0;      // per cycle; 0: a tile pair's results leave at once

  WriteBack write_back = WriteBack::kNone;

  double clock_mhz = 0;
  std::int64_t batch = 1;
  Coefficients coefficients = Coefficients::kShift;
  std::int64_t coefficient_bits = 8;  // of a plane's code
  std::int64_t accumulator_bits = 32;
  std::int64_t pipeline_cycles = 0;        // charged once per phase
  std::int64_t memory_latency_cycles = 0;  // request to first beat; seen by the cycle engine only
  FetchSync fetch_sync = FetchSync::kPlane;
  bool overlap = false;  // a phase is fetched into one half of the buffers while the other computes
  std::int64_t fetch_issue_cycles = 0;  // before each instruction of a stage
  std::int64_t execute_issue_cycles = 0;
  std::int64_t result_issue_cycles = 0;

  Layout layout;

  std::optional<Dram> dram;  // none: memory answers at the full rate of both ports

  BismoEnergy energy;

  Megahertz clock() const { return Megahertz(clock_mhz); }
  /// Binary multiply-accumulates that the array does in a cycle.
  std::int64_t peak_bit_macs_per_cycle() const { return dm * dn * dk; }
  bool multiplies() const { return coefficients == Coefficients::kFixedPoint; }
  /// Of the code that comes beside each word of the weights.
  std::int64_t code_bits() const { return multiplies() ? coefficient_bits : 0; }
  bool writes_back() const { return write_back != WriteBack::kNone; }
  /// Words of a buffer of `words` that a block may take.
  std::int64_t block_words(std::int64_t words) const { return overlap ? words / 2 : words; }
  /// Phases whose operands may be in the buffers at a time.
  std::int64_t blocks_in_buffer() const { return overlap ? 2 : 1; }
  /// Cycles in which `results` of `bits` leave through the result port.
  std::int64_t result_beats(std::int64_t results, std::int64_t bits) const;
  /// Those of all accumulators of a tile pair (docs/reference/timing-stages.md, "Result port").
  std::int64_t result_beats() const { return result_beats(dm * dn, accumulator_bits); }
  /// Binary operations a second in units of 1e12, AND and add counted each, as BISMO counts.
  double peak_binary_tops() const;
  /// BISMO's cost model: BRAM36 blocks of both operands' buffers.
  std::int64_t bram36_blocks() const;
  /// LUTs and flip-flops of the dm x dn dot-product units as our RTL synthesizes (area.h), and LUTs
  /// by BISMO's cost model. Fetch, sequencing and the result bank come on top in all three.
  double array_luts() const;
  double array_flip_flops() const;
  /// DSP48E1 blocks that multiply: those of each unit and of each column.
  std::int64_t array_dsp_blocks() const;
  double published_array_luts() const;

  /// Shows every field, in the order of the YAML file.
  void show(FieldVisitor& visitor);
  /// Refuses fields that do not go together, at their place in `document`.
  void check(const DocumentValue& document) const;
  /// Scales the energies that `document` leaves to the defaults, and tells of them.
  sim::DefaultEnergies complete(const DocumentValue& document);
};

/// The machine that it describes.
std::unique_ptr<sim::Machine> machine_of(Bismo description);

}  // namespace bitloom::hardware
