#include "pipelines/rtl/fusion_verification.h"

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/rtl/unit_verification.h"
#include "pipelines/rtl/verdicts.h"
#include "rtl/verify/fusion_run.h"
#include "sim/families/bitfusion/mapping.h"

namespace bitloom::pipelines {
namespace {

void require_what_there_is(const VerifyOptions& options, const hardware::BitFusion& hw) {
  require_for_a_unit(options, "BitFusion's fusion unit");
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
  const verify::UnitRun run =
      verify::run_layer(unit, workload, verify::reference_outputs(workload));
  return compared(verdict_on(workload), run, cycles_by_the_rules(workload, hardware),
                  workload.layer.name, "unit");
}

/// A network's chosen layers with random tensors, then random dot products at every pair of widths.
UnitWorkloads<verify::Workload> workloads_of(const VerifyOptions& options,
                                             const hardware::BitFusion& hardware,
                                             const Host& host) {
  const std::vector<graph::FilterPart> parts =
      chosen_parts(options, hardware.batch, host, [&](const graph::FilterPart& part) {
        mapping::bitfusion::loop_nest(part.layer, part.bits, hardware, hardware.batch);
      });
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
  const UnitWorkloads<verify::Workload> workloads = workloads_of(options, hardware, host);
  const auto unit = verify::make_fusion_unit();
  return judged_on_unit(
      options, hardware.name, hardware.batch, "fusion unit", workloads.count, host,
      [&](std::size_t i) { return run_on_unit(*unit, workloads.make(i), hardware); });
}

}  // namespace bitloom::pipelines
