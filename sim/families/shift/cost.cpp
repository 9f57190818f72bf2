#include "sim/families/shift/cost.h"

#include "sim/families/shift/beats.h"

namespace bitloom::cost::shift {
namespace {

using mapping::shift::Beats;
using mapping::shift::Mapping;

/// Weights' beats of a column group, of one block.
std::int64_t weight_beats(const Mapping& m, const Beats& beats, std::int64_t group) {
  const std::int64_t columns = m.columns_of(group), last = m.row_tiles() - 1;
  const std::int64_t twice = std::min(m.selected_in(group), last);
  return twice * beats.weights(m.rows, columns, 2) +
         (last - twice) * beats.weights(m.rows, columns, 1) + beats.weights_of(group, last);
}

double real(Bits bits) { return static_cast<double>(bits.count()); }

}  // namespace

Actions count_actions(const Mapping& m, const hardware::Shift& hw) {
  const Beats beats(m, hw);
  const std::int64_t blocks = m.blocks(), last = blocks - 1;
  const std::int64_t a = m.precision.activation_bits, n = m.precision.weight_bits;
  std::int64_t words = 0, lanes = 0, sums = 0, weight_beats_of_block = 0, result_beats = 0;
  for (std::int64_t group = 0; group < m.groups(); ++group) {
    const std::int64_t columns = m.columns_of(group);
    const std::int64_t in_passes = m.reduction + m.selected_rows(group);
    words += columns * in_passes;
    lanes += in_passes;
    sums += columns * (m.row_tiles() + m.selected_in(group));
    weight_beats_of_block += weight_beats(m, beats, group);
    result_beats += last * beats.results_of(group, 0) + beats.results_of(group, last);
  }
  const std::int64_t activation_beats =
      m.products * (last * beats.activations_of(0) + beats.activations_of(last));
  Actions actions;
  actions.shift_adds = m.pixels * words;
  actions.activations_written = Bits(m.products * m.pixels * m.reduction * a);
  actions.activations_read = Bits(m.pixels * lanes * a);
  actions.weights_written = Bits(blocks * words * n);
  actions.sums_written = Bits(m.pixels * sums * hw.accumulator_bits);
  actions.results = Bits(m.products * m.pixels * m.filters * m.result_bits);
  actions.activation_port = Bits(activation_beats * hw.activation_port_bits);
  actions.weight_port = Bits(blocks * weight_beats_of_block * hw.weight_port_bits);
  actions.result_port = Bits(result_beats * hw.result_port_bits);
  return actions;
}

Energy energy_of(const Actions& actions, Cycles total, const hardware::Shift& hw) {
  constexpr double kPicojoulesPerMilliwattMillisecond = 1e6;
  const hardware::ShiftEnergy& e = hw.energy;
  const auto work = static_cast<double>(actions.shift_adds);
  const double idle = static_cast<double>(total.count() * hw.units()) - work;
  const double shared = real(actions.weights_written) + real(actions.sums_written);
  const double written = real(actions.activations_written) + shared;
  const double read = real(actions.activations_read) + shared;
  return {.compute = Picojoules(work * e.shift_add_pj.value + idle * e.idle_unit_pj.value),
          .buffer =
              Picojoules(written * e.buffer_write_bit_pj.value + read * e.buffer_read_bit_pj.value),
          .dram = Picojoules(real(actions.port()) * e.dram_bit_pj.value),
          .leakage = Picojoules(e.static_mw.value * runtime(total, hw.clock()).count() *
                                kPicojoulesPerMilliwattMillisecond)};
}

LayerCost layer_cost(const LayerDetails& details, const hardware::Shift& hw) {
  const Mapping& m = details.mapping;
  LayerCost cost;
  cost.timing = details.spent.timing();
  cost.dram = details.actions.port();
  cost.energy = energy_of(details.actions, cost.timing.total, hw);
  const double products =
      static_cast<double>(m.products * m.pixels) * static_cast<double>(m.filters * m.reduction);
  cost.utilization = products * m.precision.weight_bits * m.precision.activation_bits /
                     (static_cast<double>(cost.timing.total.count()) *
                      static_cast<double>(hw.peak_bit_macs_per_cycle()));
  return cost;
}

}  // namespace bitloom::cost::shift
