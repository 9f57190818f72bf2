#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/kit/sourced_constant.h"

namespace bitloom::hardware {

/// Energy per action of a BISMO overlay; docs/reference/energy.md says which actions are counted
/// and why these figures.
struct BismoEnergy {
  static constexpr std::string_view kDefaultTechnology = "28 nm FPGA (Zynq-7020)";

  std::string technology{kDefaultTechnology};
  SourcedConstant popcount_bit_pj;     // AND, popcount of one bit of a word pair in one DPU
  SourcedConstant accumulate_pj;       // shift, negate, 32-bit add and register in one DPU
  SourcedConstant multiply_pj;         // a count or a code with a code
  SourcedConstant buffer_read_bit_pj;  // one bit of a row or column buffer's word
  SourcedConstant buffer_write_bit_pj;
  SourcedConstant dram_bit_pj;  // one bit over a read port, DRAM and interface
  SourcedConstant idle_dpu_pj;  // a DPU's clock tree and registers in a cycle without work
  SourcedConstant static_mw;    // leakage and everything that runs regardless

  /// Constants that some machines alone have.
  struct Shown {
    bool dram_bit;  // no section `dram` tells more of DRAM
    bool multiply;  // `coefficients` are multiplied
  };

  /// Those of a Zynq-7020 with units of 256 bits.
  BismoEnergy();
  /// The figures above for `units` DPUs of `dk` bits: a DPU's clock by its LUTs, and leakage by
  /// those of the array (docs/reference/energy.md).
  static SourcedConstant default_idle_dpu_pj(std::int64_t dk);
  static SourcedConstant default_static_mw(std::int64_t units, std::int64_t dk);
  /// Of a machine whose shift-accumulate takes so much.
  static SourcedConstant default_multiply_pj(double accumulate_pj);
  void show(FieldVisitor& visitor, const Shown& shown);
};

}  // namespace bitloom::hardware
