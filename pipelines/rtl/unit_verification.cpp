#include "pipelines/rtl/unit_verification.h"

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/layer_selection.h"
#include "pipelines/network_table.h"
#include "pipelines/rtl/verdicts.h"

namespace bitloom::pipelines {

void require_for_a_unit(const VerifyOptions& options, const std::string& unit) {
  if (options.trace)
    throw UserError(fmt::format("--trace: {} is verified without waveforms; leave it out", unit));
  if (options.rtl || options.mismatch || options.dump)
    throw UserError(fmt::format(
        "--rtl, --mismatch and --dump: {} is built in, and is verified as it is; leave them out",
        unit));
  if (options.stall_seed)
    throw UserError(fmt::format("--stalls: {} has no streams; leave it out", unit));
  if (options.network && options.network->tensors)
    throw UserError(
        fmt::format("--weights and --data: {} runs random numbers; leave them out", unit));
}

std::vector<graph::FilterPart> chosen_parts(
    const VerifyOptions& options, std::int64_t batch, const Host& host,
    const std::function<void(const graph::FilterPart&)>& require_mapped) {
  std::vector<graph::FilterPart> parts;
  if (!options.network) return parts;
  const Network network = load(options.network->network, host);
  require_batch(network, batch);
  const graph::FilterPolicy policy = load_by_filter(options.network->policy, network);
  for (const std::size_t i : select_layers(options.network->layers, network.layers))
    for (graph::FilterPart& part :
         graph::parts_of(network.layers[i], policy.layers[i], policy.of(i))) {
      require_mapped(part);
      parts.push_back(std::move(part));
    }
  return parts;
}

reports::Verdict compared(reports::Verdict verdict, const verify::UnitRun& run,
                          std::int64_t expected_cycles, const std::string& layer,
                          const std::string& unit) {
  verdict.values = run.values;
  verdict.values_equal = !run.first_wrong;
  verdict.rtl_cycles = run.cycles;
  verdict.analytic_cycles = expected_cycles;
  verdict.complaint = run.first_wrong.value_or("");
  if (verdict.complaint.empty() && run.cycles != expected_cycles)
    verdict.complaint = fmt::format("{}: {} cycles of the {} instead of {}", layer, run.cycles,
                                    unit, expected_cycles);
  return verdict;
}

Verification judged_on_unit(const VerifyOptions& options, const std::string& hardware,
                            std::int64_t batch, const std::string& array, std::size_t count,
                            const Host& host,
                            const std::function<reports::Verdict(std::size_t)>& judge) {
  constexpr std::int64_t kRegisters = 1;
  return judged({.hardware = hardware,
                 .array = array,
                 .pipeline_cycles = kRegisters,
                 .batch = batch,
                 .seed = static_cast<std::int64_t>(options.seed),
                 .layers = {}},
                count, host, judge);
}

}  // namespace bitloom::pipelines
