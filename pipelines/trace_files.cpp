#include "pipelines/trace_files.h"

#include <fmt/format.h>

#include "base/error.h"
#include "sim/families/bismo/trace.h"

namespace bitloom::pipelines {
namespace {

// A step of a tile pair and word leaves some eight changes of 24 bytes in memory and a few hundred
// bytes of text.
constexpr std::int64_t kMostSteps = 2'000'000;

std::int64_t steps(const graph::LayerShape& layer, graph::Precision bits,
                   const hardware::Bismo& hardware) {
  const mapping::Mapping m = mapping::map_layer(layer, bits, hardware, hardware.batch);
  return m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words;
}

void require_traceable(const reports::Simulation& asked, const hardware::Bismo& hardware) {
  std::int64_t total = 0;
  for (const reports::SimulatedLayer& layer : asked.layers) {
    total += steps(layer.job.layer, layer.job.precision, hardware);
    if (total > kMostSteps) break;
  }
  if (total > kMostSteps)
    throw UserError(
        fmt::format("--trace: these layers take more than {} steps of a tile pair and word; choose "
                    "some with --layers",
                    kMostSteps));
}

}  // namespace

TraceFiles::TraceFiles(const TracePaths& paths)
    : waveform_(paths.waveform), timeline_(paths.timeline) {}

std::vector<sim::LayerResult> TraceFiles::record(const reports::Simulation& asked,
                                                 const hardware::Bismo& hardware,
                                                 const sim::EngineOptions& engine,
                                                 const Host& host) {
  if (engine.engine != sim::Engine::kCycle)
    throw UserError("--trace: only the cycle engine has stages; add --engine cycle");
  require_traceable(asked, hardware);
  Step step(host, "simulate");
  cycle::Trace trace;
  std::vector<sim::LayerResult> results;
  for (const reports::SimulatedLayer& layer : asked.layers) {
    results.push_back(sim::run(layer.job, hardware, engine, &trace));
    step.update(static_cast<double>(results.size()), std::ssize(asked.layers));
  }
  trace.write_vcd([&](std::string_view text) { waveform_.write(text); }, hardware.clock());
  trace.write_timeline([&](std::string_view text) { timeline_.write(text); });
  return results;
}

void TraceFiles::finish() {
  waveform_.commit();
  timeline_.commit();
}

}  // namespace bitloom::pipelines
