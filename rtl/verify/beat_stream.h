#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "rtl/verify/phase_walk.h"

namespace bitloom::verify {

/// Which operand a stream carries.
enum class Operand { kActivations, kWeights };

/// The beats of one operand for all phases of a layer, in the order tile, word of K, bit-plane,
/// row, beat.
class BeatStream {
 public:
  BeatStream(Operand operand, const mapping::Schedule& schedule, const CoreParameters& core,
             OperandStore& store);

  /// The beat to send, or null after the last.
  const std::uint32_t* beat() const { return walk_.done() ? nullptr : words_.data(); }
  /// The code of the plane that the beat is of; of weights.
  std::uint32_t code() const;
  /// The beat was taken.
  void next();

 private:
  void enter_phase();
  void fill();

  Operand operand_;
  const mapping::Schedule* schedule_;
  OperandStore* store_;
  std::int64_t dk_;
  std::int64_t port_bits_;
  PhaseWalk walk_;
  std::shared_ptr<const GemmOperands> operands_;
  mapping::PhaseOperand shape_{};
  std::int64_t first_row_ = 0;
  std::int64_t tile_ = 0, word_ = 0, bit_ = 0, row_ = 0, beat_ = 0;
  std::vector<std::uint32_t> words_;
};

}  // namespace bitloom::verify
