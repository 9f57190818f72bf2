#include "pipelines/rtl/fusion_verification.h"

#include <functional>

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/layer_selection.h"
#include "pipelines/network_table.h"
#include "pipelines/rtl/verdicts.h"
#include "rtl/verify/fusion_run.h"
#include "sim/families/bitfusion/mapping.h"

namespace bitloom::pipelines {
namespace {

void require_what_there_is(const VerifyOptions& options, const hardware::BitFusion& hw) {
  if (options.trace)
    throw UserError("--trace: BitFusion's fusion unit is verified without waveforms; leave it out");
  if (options.rtl || options.mismatch || options.dump)
    throw UserError(
        "--rtl, --mismatch and --dump: BitFusion's fusion unit is built in, and is verified as it "
        "is; leave them out");
  if (options.stall_seed)
    throw UserError("--stalls: BitFusion's fusion unit has no streams; leave it out");
  if (options.network && options.network->tensors)
    throw UserError("--weights and --data: BitFusion's unit runs random tensors; leave them out");
  if (hw.unit_bits != 8 || hw.brick_bits != 2)
    throw UserError(
        fmt::format("{}: array.unit_bits is {} and array.brick_bits {}: the RTL has fusion units "
                    "of 8 bits, of bricks of 2",
                    hw.name, hw.unit_bits, hw.brick_bits));
}

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

reports::Verdict run_on_unit(verify::FusionUnit& unit, const verify::Workload& workload,
                             const hardware::BitFusion& hardware) {
  const verify::FusionRun run =
      verify::run_layer(unit, workload, verify::reference_outputs(workload));
  const std::int64_t expected = cycles_by_the_rules(workload, hardware);
  reports::Verdict verdict = verdict_on(workload);
  verdict.values = run.values;
  verdict.values_equal = !run.first_wrong;
  verdict.rtl_cycles = run.cycles;
  verdict.analytic_cycles = expected;
  verdict.complaint = run.first_wrong.value_or("");
  if (verdict.complaint.empty() && run.cycles != expected)
    verdict.complaint = fmt::format("{}: {} cycles of the unit instead of {}", workload.layer.name,
                                    run.cycles, expected);
  return verdict;
}

/// Workloads that are made when it is their turn.
struct FusionWorkloads {
  std::size_t count = 0;
  std::function<verify::Workload(std::size_t)> make;
};

/// A network's chosen layers with random tensors, then random dot products at every pair of widths.
FusionWorkloads workloads_of(const VerifyOptions& options, const hardware::BitFusion& hardware,
                             const Host& host) {
  std::vector<graph::FilterPart> parts;
  if (options.network) {
    const Network network = load(options.network->network, host);
    require_batch(network, hardware.batch);
    const graph::FilterPolicy policy = load_by_filter(options.network->policy, network);
    for (const std::size_t i : select_layers(options.network->layers, network.layers))
      for (graph::FilterPart& part :
           graph::parts_of(network.layers[i], policy.layers[i], policy.of(i))) {
        mapping::bitfusion::loop_nest(part.layer, part.bits, hardware, hardware.batch);
        parts.push_back(std::move(part));
      }
  }
  const auto widths = static_cast<std::size_t>(hardware.operand_bits);
  const std::size_t random = options.random.value_or(parts.empty() ? widths * widths : 0);
  const auto make = [=, seed = options.seed](std::size_t i) {
    if (i < parts.size()) {
      const auto& [layer, bits, filters] = parts[i];
      return verify::random_workload(layer, bits, hardware.batch, layer.signed_activations,
                                     coding_of(layer, bits, 1), verify::Draw::kUniform, seed + i);
    }
    const std::size_t number = i - parts.size();
    const graph::Precision precision{static_cast<int>(number / widths % widths) + 1,
                                     static_cast<int>(number % widths) + 1};
    verify::Workload workload = verify::random_dot_products(precision, seed + i);
    workload.layer.name = fmt::format("random {}", number);
    return workload;
  };
  return {parts.size() + random, make};
}

}  // namespace

Verification verify_fusion_unit(const VerifyOptions& options, const hardware::BitFusion& hardware,
                                const Host& host) {
  require_what_there_is(options, hardware);
  const FusionWorkloads workloads = workloads_of(options, hardware, host);
  const auto unit = verify::make_fusion_unit();
  constexpr std::int64_t kRegisters = 1;  // of a unit, from its operands to its sum
  return judged({.hardware = hardware.name,
                 .array = "fusion unit",
                 .pipeline_cycles = kRegisters,
                 .batch = hardware.batch,
                 .seed = static_cast<std::int64_t>(options.seed),
                 .layers = {}},
                workloads.count, host,
                [&](std::size_t i) { return run_on_unit(*unit, workloads.make(i), hardware); });
}

}  // namespace bitloom::pipelines
