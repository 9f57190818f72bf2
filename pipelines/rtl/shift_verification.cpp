#include "pipelines/rtl/shift_verification.h"

#include <functional>

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/layer_selection.h"
#include "pipelines/network_table.h"
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

void require_no_more_than_there_is(const VerifyOptions& options) {
  if (options.trace)
    throw UserError(
        "--trace: the column of shift units is verified without waveforms; leave it "
        "out");
  if (options.rtl || options.mismatch || options.dump)
    throw UserError(
        "--rtl, --mismatch and --dump: the column of shift units is built in, and is verified as "
        "it is; leave them out");
  if (options.stall_seed)
    throw UserError("--stalls: the column of shift units has no streams; leave it out");
  if (options.network && options.network->tensors)
    throw UserError(
        "--weights and --data: the column of shift units runs random words; leave them out");
}

reports::Verdict run_on_column(verify::ShiftColumn& column, const verify::ShiftWorkload& workload) {
  const verify::ShiftRun run = verify::run_layer(column, workload);
  const std::int64_t expected = verify::cycles_by_the_rules(workload.mapping);
  reports::Verdict verdict = verdict_on(workload.workload);
  verdict.codes = workload.workload.signed_activations ? "powers/signed" : "powers/unsigned";
  verdict.values = run.values;
  verdict.values_equal = !run.first_wrong;
  verdict.rtl_cycles = run.cycles;
  verdict.analytic_cycles = expected;
  verdict.complaint = run.first_wrong.value_or("");
  if (verdict.complaint.empty() && run.cycles != expected)
    verdict.complaint = fmt::format("{}: {} cycles of the column instead of {}",
                                    workload.workload.layer.name, run.cycles, expected);
  return verdict;
}

/// Workloads that are made when it is their turn.
struct ShiftWorkloads {
  std::size_t count = 0;
  std::function<verify::ShiftWorkload(std::size_t)> make;
};

std::vector<graph::FilterPart> chosen_parts(const VerifyOptions& options, const hardware::Shift& hw,
                                            const Host& host) {
  std::vector<graph::FilterPart> parts;
  if (!options.network) return parts;
  const Network network = load(options.network->network, host);
  require_batch(network, hw.batch);
  const graph::FilterPolicy policy = load_by_filter(options.network->policy, network);
  for (const std::size_t i : select_layers(options.network->layers, network.layers))
    for (graph::FilterPart& part :
         graph::parts_of(network.layers[i], policy.layers[i], policy.of(i))) {
      mapping::shift::map_layer(part.layer, part.bits, hw, hw.batch);
      parts.push_back(std::move(part));
    }
  return parts;
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
ShiftWorkloads workloads_of(const VerifyOptions& options, const hardware::Shift& hw,
                            const Host& host) {
  const std::vector<graph::FilterPart> parts = chosen_parts(options, hw, host);
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
  require_no_more_than_there_is(options);
  const auto column = verify::make_shift_column();
  require_column(hardware, column->size());
  const ShiftWorkloads workloads = workloads_of(options, hardware, host);
  constexpr std::int64_t kRegisters = 1;  // of a column, from its activations to its sum
  return judged({.hardware = hardware.name,
                 .array = "shift column",
                 .pipeline_cycles = kRegisters,
                 .batch = hardware.batch,
                 .seed = static_cast<std::int64_t>(options.seed),
                 .layers = {}},
                workloads.count, host,
                [&](std::size_t i) { return run_on_column(*column, workloads.make(i)); });
}

}  // namespace bitloom::pipelines
