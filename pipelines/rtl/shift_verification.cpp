#include "pipelines/rtl/shift_verification.h"

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/rtl/unit_verification.h"
#include "pipelines/rtl/verdicts.h"
#include "rtl/verify/shift_run.h"

namespace bitloom::pipelines {
namespace {

void require_column(const hardware::Shift& hw, const verify::ShiftColumnSize& size) {
  if (hw.rows == size.rows && hw.weight_bits == size.exponent_bits + 1 &&
      hw.activation_bits == size.activation_bits && hw.accumulator_bits == size.accumulator_bits &&
      hw.sums <= size.sums)
    return;
  throw UserError(fmt::format(
      "{}: the RTL is a column of array.rows {}, weight_bits {}, activation_bits {}, "
      "accumulator_bits {} and at most {} sums: the machine has {}, {}, {}, {} and {}",
      hw.name, size.rows, size.exponent_bits + 1, size.activation_bits, size.accumulator_bits,
      size.sums, hw.rows, hw.weight_bits, hw.activation_bits, hw.accumulator_bits, hw.sums));
}

reports::Verdict run_on_column(verify::ShiftColumn& column, const verify::ShiftWorkload& workload) {
  const verify::UnitRun run = verify::run_layer(column, workload);
  reports::Verdict verdict =
      compared(verdict_on(workload.workload), run, verify::cycles_by_the_rules(workload.mapping),
               workload.workload.layer.name, "column");
  verdict.codes = workload.workload.signed_activations ? "powers/signed" : "powers/unsigned";
  return verdict;
}

/// A small layer at the widths whose turn it is.
verify::ShiftWorkload random_workload(std::size_t number, std::uint64_t seed,
                                      const hardware::Shift& hw) {
  const auto widths = static_cast<std::size_t>(hw.activation_bits);
  const auto words = static_cast<std::size_t>(hw.weight_bits) - 1;
  const graph::Precision precision{static_cast<int>(number / widths % words) + 2,
                                   static_cast<int>(number % widths) + 1};
  graph::LayerShape layer = verify::random_shift_layer(seed);
  layer.name = fmt::format("random {}", number);
  layer.signed_activations = seed % 2 == 0;
  const auto batch = static_cast<std::int64_t>(1 + seed % 3);
  return verify::random_shift_workload(
      layer, mapping::shift::map_layer(layer, precision, hw, batch), batch,
      layer.signed_activations, number % 4 == 3 ? verify::Draw::kExtremes : verify::Draw::kUniform,
      seed);
}

/// A network's chosen layers, then random ones at every pair of widths.
UnitWorkloads<verify::ShiftWorkload> workloads_of(const VerifyOptions& options,
                                                  const hardware::Shift& hw, const Host& host) {
  const std::vector<graph::FilterPart> parts =
      chosen_parts(options, hw.batch, host, [&](const graph::FilterPart& part) {
        mapping::shift::map_layer(part.layer, part.bits, hw, hw.batch);
      });
  const auto pairs = static_cast<std::size_t>((hw.weight_bits - 1) * hw.activation_bits);
  const std::size_t random = options.random.value_or(parts.empty() ? pairs : 0);
  const auto make = [=, seed = options.seed](std::size_t i) {
    if (i >= parts.size()) return random_workload(i - parts.size(), seed + i, hw);
    const graph::LayerShape& layer = parts[i].layer;
    return verify::random_shift_workload(
        layer, mapping::shift::map_layer(layer, parts[i].bits, hw, hw.batch), hw.batch,
        layer.signed_activations, verify::Draw::kUniform, seed + i);
  };
  return {parts.size() + random, make};
}

}  // namespace

Verification verify_shift_column(const VerifyOptions& options, const hardware::Shift& hardware,
                                 const Host& host) {
  require_for_a_unit(options, "the column of shift units");
  const auto column = verify::make_shift_column();
  require_column(hardware, column->size());
  const UnitWorkloads<verify::ShiftWorkload> workloads = workloads_of(options, hardware, host);
  return judged_on_unit(options, hardware.name, hardware.batch, "shift column", workloads.count,
                        host,
                        [&](std::size_t i) { return run_on_column(*column, workloads.make(i)); });
}

}  // namespace bitloom::pipelines
