#include "rtl/verify/phase_walk.h"

#include <array>
#include <utility>

#include "rtl/verify/plane_codes.h"

namespace bitloom::verify {
namespace {

InstructionOperand operand_of(const mapping::PhaseOperand& operand, bool is_signed) {
  return {.tiles = operand.tiles,
          .rows_in_last_tile = operand.rows_in_last_tile,
          .bits = operand.bits,
          .is_signed = is_signed,
          .beats_per_word = operand.beats_per_word,
          .beats_of_last_word = operand.beats_of_last_word};
}

}  // namespace

std::int64_t PhaseWalk::first_word() const {
  return index_.chunk * schedule_->mapping.chunks.words_per_chunk;
}

void PhaseWalk::next() {
  const mapping::Mapping& m = schedule_->mapping;
  if (++index_.chunk == m.chunks.count()) {
    index_.chunk = 0;
    if (++index_.weight_block == m.weights.count()) {
      index_.weight_block = 0;
      if (++index_.activation_block == m.activations.count()) {
        index_.activation_block = 0;
        ++index_.gemm;
      }
    }
  }
  if (!done()) enter();
}

void PhaseWalk::enter() {
  phase_ = schedule_->mapping.phase(index_.activation_block, index_.weight_block, index_.chunk);
}

Instruction instruction_of(const PhaseWalk& walk, const mapping::Schedule& schedule,
                           const Workload& w) {
  std::array<std::uint32_t, 16> codes{};
  for (std::int64_t plane = 0; plane < w.precision.activation_bits; ++plane)
    codes[static_cast<std::size_t>(plane)] = activation_plane_code(w, plane);
  return {.outer_is_weights = schedule.outer == mapping::OuterOperand::kWeights,
          .clear = walk.starts_sums(),
          .emit = walk.ends_sums(),
          .words = walk.phase().words,
          .activations = operand_of(walk.phase().activations, w.signed_activations),
          .weights = operand_of(walk.phase().weights, w.weight_coding == WeightCoding::kSigned),
          .bipolar = w.weight_coding == WeightCoding::kBipolar,
          .activation_codes = codes};
}

std::shared_ptr<const GemmOperands> OperandStore::get(std::int64_t gemm) {
  if (before_.gemm == gemm) return before_.operands;
  if (newest_.gemm != gemm) {
    before_ = std::move(newest_);
    newest_ = {gemm, std::make_shared<GemmOperands>(gemm_operands(*workload_, gemm_, gemm))};
  }
  return newest_.operands;
}

}  // namespace bitloom::verify
