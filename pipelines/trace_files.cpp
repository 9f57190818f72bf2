#include "pipelines/trace_files.h"

#include <memory>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::pipelines {
namespace {

// A step of a tile pair and word leaves some eight changes of 24 bytes in memory and a few hundred
// bytes of text.
constexpr std::int64_t kMostSteps = 2'000'000;

void require_traceable(const reports::Simulation& asked, const sim::Recording& recording) {
  std::int64_t total = 0;
  for (const reports::SimulatedLayer& layer : asked.layers) {
    total += recording.steps(layer.job);
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
                                                 const hardware::Hardware& hardware,
                                                 const sim::EngineOptions& engine,
                                                 const Host& host) {
  if (engine.engine == sim::analytic())
    throw UserError("--trace: only the cycle engine has stages; add --engine cycle");
  const std::unique_ptr<sim::Recording> recording = engine.engine.record(hardware.machine());
  if (!recording)
    throw unsupported(fmt::format("--trace: {}: nothing is recorded of family {}", hardware.name(),
                                  hardware.family()));
  require_traceable(asked, *recording);
  Step step(host, "simulate");
  std::vector<sim::LayerResult> results;
  for (const reports::SimulatedLayer& layer : asked.layers) {
    results.push_back(recording->run(layer.job, engine));
    step.update(static_cast<double>(results.size()), std::ssize(asked.layers));
  }
  recording->write_waveform([&](std::string_view text) { waveform_.write(text); });
  recording->write_timeline([&](std::string_view text) { timeline_.write(text); });
  return results;
}

void TraceFiles::finish() {
  waveform_.commit();
  timeline_.commit();
}

}  // namespace bitloom::pipelines
