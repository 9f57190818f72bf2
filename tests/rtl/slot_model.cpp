#include "tests/rtl/slot_model.h"

#include <algorithm>

#include "base/quantity.h"

namespace bitloom::verify {
namespace {

/// Cycle in which each plane of an operand is complete, by its place in the order of fetch.
std::vector<std::int64_t> plane_arrivals(const mapping::PhaseOperand& operand, std::int64_t words,
                                         std::int64_t start, Stream stream, const Stalls& stalls) {
  std::vector<std::int64_t> arrivals;
  std::int64_t cycle = start;
  for (std::int64_t tile = 0; tile < operand.tiles; ++tile)
    for (std::int64_t word = 0; word < words; ++word)
      for (std::int64_t bit = 0; bit < operand.bits; ++bit) {
        const std::int64_t rows =
            tile + 1 == operand.tiles ? operand.rows_in_last_tile : operand.rows_per_tile;
        const std::int64_t beats =
            rows * (word + 1 == words ? operand.beats_of_last_word : operand.beats_per_word);
        for (std::int64_t beat = 0; beat < beats; ++beat)
          while (!stalls.open(stream, cycle++)) {
          }
        arrivals.push_back(cycle - 1);
      }
  return arrivals;
}

class SlotModel {
 public:
  SlotModel(const CoreParameters& core, std::int64_t pipeline_cycles, const Stalls& stalls)
      : stalls_(stalls),
        pipeline_cycles_(pipeline_cycles),
        beats_per_tile_(ceil_div(core.tile_bits(), core.result_port_bits)) {}

  PhaseRecord run(const mapping::Phase& phase, bool activations_outer, bool emits) {
    const std::int64_t start = retired_ + 1;
    const auto activations =
        plane_arrivals(phase.activations, phase.words, start, Stream::kActivations, stalls_);
    const auto weights =
        plane_arrivals(phase.weights, phase.words, start, Stream::kWeights, stalls_);
    const auto& outer = activations_outer ? activations : weights;
    const auto& inner = activations_outer ? weights : activations;
    const auto& outer_shape = activations_outer ? phase.activations : phase.weights;
    const auto& inner_shape = activations_outer ? phase.weights : phase.activations;
    for (std::int64_t p = 0; p < outer_shape.tiles; ++p)
      for (std::int64_t q = 0; q < inner_shape.tiles; ++q) {
        for (std::int64_t k = 0; k < phase.words; ++k)
          for (std::int64_t i = 0; i < inner_shape.bits; ++i)
            for (std::int64_t j = 0; j < outer_shape.bits; ++j) {
              const bool last =
                  k + 1 == phase.words && i + 1 == inner_shape.bits && j + 1 == outer_shape.bits;
              const auto o = (p * phase.words + k) * outer_shape.bits + j;
              const auto n = (q * phase.words + k) * inner_shape.bits + i;
              retire(std::max(outer.at(static_cast<std::size_t>(o)),
                              inner.at(static_cast<std::size_t>(n))),
                     last && emits);
            }
      }
    return {start, retired_, phase.issue_slots()};
  }

 private:
  void retire(std::int64_t arrival, bool emits) {
    retired_ = std::max(arrival + pipeline_cycles_, retired_ + 1);
    if (!emits) return;
    retired_ = std::max(retired_, bank_free_);
    std::int64_t cycle = retired_;
    for (std::int64_t beat = 0; beat < beats_per_tile_; ++beat)
      while (!stalls_.open(Stream::kResults, ++cycle)) {
      }
    bank_free_ = cycle;
  }

  const Stalls& stalls_;
  std::int64_t pipeline_cycles_;
  std::int64_t beats_per_tile_;
  std::int64_t retired_ = -1;   // cycle of the latest retirement
  std::int64_t bank_free_ = 0;  // first cycle in which the bank can take a tile
};

}  // namespace

std::vector<PhaseRecord> model_phases(const mapping::Schedule& schedule, const CoreParameters& core,
                                      std::int64_t pipeline_cycles, const Stalls& stalls) {
  std::vector<PhaseRecord> phases;
  SlotModel model(core, pipeline_cycles, stalls);
  for (PhaseWalk walk(schedule); !walk.done(); walk.next())
    phases.push_back(model.run(walk.phase(), schedule.outer == mapping::OuterOperand::kActivations,
                               walk.ends_sums()));
  return phases;
}

}  // namespace bitloom::verify
