#include "cli/rtl/fusion_verification.h"

#include <chrono>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/rtl/verification_json.h"
#include "pipelines/layer_selection.h"
#include "reports/text/text_table.h"
#include "rtl/verify/fusion_run.h"
#include "sim/families/bitfusion/mapping.h"

namespace bitloom::cli {
namespace {

/// Cycles of one unit for all outputs of a workload.
std::int64_t cycles_by_the_rules(const verify::Workload& w, const hardware::BitFusion& hardware) {
  const auto activations = mapping::bitfusion::packing(w.precision.activation_bits, hardware);
  const auto weights = mapping::bitfusion::packing(w.precision.weight_bits, hardware);
  std::int64_t cycles = 0;
  const graph::LayerShape& l = w.layer;
  for (std::int64_t y = 0; y < l.output.height; ++y)
    for (std::int64_t x = 0; x < l.output.width; ++x) {
      std::int64_t products = 0;
      verify::for_each_product(w, 0, 0, y, x, [&](std::int32_t, std::int32_t) { ++products; });
      cycles += activations.cycles * weights.cycles *
                ceil_div(products, activations.packed * weights.packed);
    }
  return w.batch * l.out_channels * cycles;
}

Verdict run_one(verify::FusionUnit& unit, const verify::Workload& workload,
                const hardware::BitFusion& hardware) {
  const verify::FusionRun run =
      verify::run_layer(unit, workload, verify::reference_outputs(workload));
  const std::int64_t expected = cycles_by_the_rules(workload, hardware);
  Verdict verdict{.layer = workload.layer.name,
                  .precision = workload.precision,
                  .weight_coding = workload.weight_coding,
                  .signed_activations = workload.signed_activations,
                  .values = run.values,
                  .values_equal = !run.first_wrong,
                  .rtl_cycles = run.cycles,
                  .analytic_cycles = expected,
                  .cycle_cycles = {},
                  .complaint = run.first_wrong.value_or("")};
  if (verdict.passed() && run.cycles != expected)
    verdict.complaint =
        fmt::format("{}: {} cycles of the unit instead of {}", verdict.layer, run.cycles, expected);
  return verdict;
}

struct FusionTally {
  std::size_t passed = 0;
  std::int64_t values = 0, cycles = 0;
  std::string complaints;

  void count(const Verdict& v) {
    passed += v.passed() ? 1 : 0;
    values += v.values;
    cycles += v.rtl_cycles;
    if (!v.passed()) complaints += v.complaint + "\n";
  }
};

reports::TextTable table_of(const std::vector<Verdict>& verdicts) {
  using reports::Align;
  reports::TextTable table({{"layer", Align::kLeft},
                            {"W/A"},
                            {"codes", Align::kLeft},
                            {"values"},
                            {"equal"},
                            {"RTL cycles"},
                            {"by the rules"},
                            {"verdict", Align::kLeft}});
  for (const Verdict& v : verdicts)
    table.add_row({v.layer, graph::to_text(v.precision), codes_text(v), fmt::format("{}", v.values),
                   v.values_equal ? "yes" : "NO", fmt::format("{}", v.rtl_cycles),
                   fmt::format("{}", v.analytic_cycles), v.passed() ? "pass" : "FAIL"});
  return table;
}

std::int64_t seed_of(const VerifyOptions& options) {
  return parse_integer("--seed", options.seed, 0, std::numeric_limits<std::int64_t>::max());
}

/// FusionWorkloads that are made when it is their turn.
struct FusionWorkloads {
  std::size_t count = 0;
  std::function<verify::Workload(std::size_t)> make;
};

/// A network's chosen layers with random tensors, then random dot products at every pair of widths.
FusionWorkloads workloads_of(const VerifyOptions& options, const hardware::BitFusion& hardware) {
  constexpr std::int64_t kMost = 1'000'000;
  const auto seed = static_cast<std::uint64_t>(seed_of(options));
  std::vector<graph::LayerShape> layers;
  graph::Policy policy;
  if (!options.network.name.empty()) {
    const Network network = options.network.load();
    const graph::Policy all = options.policy.load(network);
    for (const std::size_t i :
         pipelines::select_layers(parse_layers(options.layers), network.layers)) {
      mapping::bitfusion::loop_nest(network.layers[i], all[i], hardware, hardware.batch);
      layers.push_back(network.layers[i]);
      policy.push_back(all[i]);
    }
  }
  const auto widths = static_cast<std::size_t>(hardware.operand_bits);
  const std::size_t random =
      options.random
          ? static_cast<std::size_t>(parse_integer("--random", *options.random, 1, kMost))
      : layers.empty() ? widths * widths
                       : 0;
  const auto make = [=](std::size_t i) {
    if (i < layers.size())
      return verify::random_workload(
          layers[i], policy[i], hardware.batch, layers[i].signed_activations,
          coding_of(layers[i], policy[i], 1), verify::Draw::kUniform, seed + i);
    const std::size_t number = i - layers.size();
    const graph::Precision precision{static_cast<int>(number / widths % widths) + 1,
                                     static_cast<int>(number % widths) + 1};
    verify::Workload workload = verify::random_dot_products(precision, seed + i);
    workload.layer.name = fmt::format("random {}", number);
    return workload;
  };
  return {layers.size() + random, make};
}

void require_what_there_is(const VerifyOptions& options, const hardware::BitFusion& hw) {
  if (options.trace)
    throw UserError("--trace: BitFusion's fusion unit is verified without waveforms; leave it out");
  if (options.weights)
    throw UserError("--weights and --data: BitFusion's unit runs random tensors; leave them out");
  if (hw.unit_bits != 8 || hw.brick_bits != 2)
    throw UserError(
        fmt::format("{}: array.unit_bits is {} and array.brick_bits {}: the RTL has fusion units "
                    "of 8 bits, of bricks of 2",
                    hw.name, hw.unit_bits, hw.brick_bits));
}

}  // namespace

int verify_fusion_unit(const VerifyOptions& options, hardware::BitFusion hardware) {
  require_what_there_is(options, hardware);
  if (!options.hardware.batch) hardware.batch = 1;  // an image tells as much as many
  const FusionWorkloads workloads = workloads_of(options, hardware);
  Destination json(options.json);
  const auto start = std::chrono::steady_clock::now();
  const auto unit = verify::make_fusion_unit();
  std::vector<Verdict> verdicts;
  FusionTally tally;
  {
    Progress progress("verify");
    for (std::size_t i = 0; i < workloads.count; ++i) {
      verdicts.push_back(run_one(*unit, workloads.make(i), hardware));
      tally.count(verdicts.back());
      progress.update(static_cast<double>(i) + 1, static_cast<std::int64_t>(workloads.count));
    }
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const bool passed = tally.passed == workloads.count;
  constexpr std::int64_t kRegisters = 1;  // of a unit, from its operands to its sum
  if (json.wanted())
    json.write(verification_json({.hardware = hardware.name,
                                  .array = "fusion unit",
                                  .pipeline_cycles = kRegisters,
                                  .batch = hardware.batch,
                                  .seed = seed_of(options)},
                                 verdicts));
  json.finish();
  if (!json.is_standard_output())
    print(fmt::format("RTL of {}: a fusion unit in place of a column, batch {}, seed {}\n\n",
                      hardware.name, hardware.batch, options.seed) +
          table_of(verdicts).text(output_width()) +
          (tally.complaints.empty() ? "" : "\n" + tally.complaints) +
          fmt::format("\n{}: {} of {} layers pass; {} values, {} RTL cycles in {:.1f} s\n",
                      passed ? "PASS" : "FAIL", tally.passed, workloads.count, tally.values,
                      tally.cycles, seconds));
  return passed ? 0 : kMismatch;
}

}  // namespace bitloom::cli
