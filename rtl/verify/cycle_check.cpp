#include "rtl/verify/cycle_check.h"

#include <fmt/format.h>

namespace bitloom::verify {
namespace {

std::string place(const PhaseIndex& phase) {
  return fmt::format("product {}, activation block {}, weight block {}, chunk {}", phase.gemm,
                     phase.activation_block, phase.weight_block, phase.chunk);
}

}  // namespace

std::optional<WrongCycles> check_cycles(const LayerRun& run, const mapping::Schedule& schedule,
                                        const PhaseLength& length, Cycles total) {
  using What = WrongCycles::What;
  PhaseWalk walk(schedule);
  for (const PhaseRecord& phase : run.phases) {
    const std::int64_t slots = walk.phase().issue_slots();
    if (phase.issue_slots != slots)
      return WrongCycles{What::kIssueSlots, walk.index(), slots, phase.issue_slots};
    const std::int64_t cycles = length(walk.phase(), schedule.outer).count() + run.pipeline_cycles;
    if (phase.length() != cycles)
      return WrongCycles{What::kPhase, walk.index(), cycles, phase.length()};
    walk.next();
  }
  if (run.total() != total)
    return WrongCycles{What::kTotal, {}, total.count(), run.total().count()};
  return std::nullopt;
}

std::string to_text(const WrongValue& w, const std::string& layer,
                    std::optional<PlanePair> planes) {
  const std::string where = planes ? fmt::format("; weight bit {} with activation bit {}",
                                                 planes->weight_bit, planes->activation_bit)
                                   : "";
  return fmt::format(
      "{}: wrong value at pixel {}, channel {} (pixel tile {}, channel tile {}, {}), which is "
      "image "
      "{}, output channel {}, row {}, column {}: expected {}, got {}{}; in cycle {} of the layer, "
      "waveform time {}",
      layer, w.pixel, w.channel, w.activation_tile, w.weight_tile, place(w.phase), w.output.image,
      w.output.channel, w.output.row, w.output.column, w.expected, w.got, where, w.cycle,
      w.waveform_time);
}

std::string to_text(const WrongCycles& w, const std::string& layer) {
  using What = WrongCycles::What;
  if (w.what == What::kTotal)
    return fmt::format("{}: takes {} cycles, expected {}", layer, w.got, w.expected);
  return fmt::format("{}: {} has {} {}, expected {}", layer, place(w.phase), w.got,
                     w.what == What::kPhase ? "cycles" : "issue slots", w.expected);
}

std::string to_text(const Standstill& stuck, const LayerRun& run, std::int64_t values,
                    const std::string& layer) {
  const auto stream = [&](bool takes) { return takes ? "asks for more" : "takes no more"; };
  const std::string waits =
      stuck.phase
          ? fmt::format("phase {} ({}) does not end; the core {} activations and {} weights",
                        run.phases.size(), place(*stuck.phase), stream(stuck.takes_activations),
                        stream(stuck.takes_weights))
          : "all phases have ended";
  return fmt::format(
      "{}: stands still after cycle {} of the layer, waveform time {}: {} of {} values came; {}",
      layer, stuck.cycle, stuck.waveform_time, run.values, values, waits);
}

}  // namespace bitloom::verify
