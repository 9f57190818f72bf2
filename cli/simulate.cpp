#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/engine_option.h"
#include "cli/layer_selection.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/trace_files.h"
#include "reports/simulation.h"
#include "sim/simulator.h"

namespace bitloom::cli {
namespace {

struct SimulateOptions {
  NetworkOption network;
  HardwareOption hardware;
  PolicyOptions policy;
  std::optional<std::string> layers;
  EngineOption engine;
  std::optional<std::string> trace;
  std::optional<std::string> json;
  std::optional<std::string> csv;
};

/// The chosen layers and their bits, not yet run.
reports::Simulation question(const SimulateOptions& options, const hardware::Bismo& hardware) {
  const Network network = options.network.load();
  const graph::Policy policy = options.policy.load(network);
  reports::Simulation asked{.network = network.graph.name(),
                            .input = network.graph.nodes().front().shape,
                            .hardware = hardware.name,
                            .engine = options.engine.engine,
                            .batch = hardware.batch,
                            .clock = hardware.clock(),
                            .layers = {},
                            .policy = {},
                            .costs = {},
                            .counters = {}};
  for (const std::size_t i : select_layers(options.layers, network.layers)) {
    asked.layers.push_back(network.layers[i]);
    asked.policy.push_back(policy[i]);
  }
  return asked;
}

std::vector<sim::LayerResult> answers(const SimulateOptions& options,
                                      const reports::Simulation& asked,
                                      const hardware::Bismo& hardware,
                                      std::optional<TraceFiles>& trace) {
  const sim::EngineOptions engine = options.engine.load();
  const int jobs = options.engine.processes();
  if (trace && options.engine.jobs && jobs > 1)
    throw UserError("--jobs and --trace: a trace is recorded by one process, --jobs 1");
  if (trace) return trace->record(asked, hardware, engine);
  Progress progress("simulate");
  return sim::run(
      asked.layers, asked.policy, hardware, hardware.batch, engine,
      {.jobs = jobs, .progress = [&](double done, std::int64_t of) { progress.update(done, of); }});
}

reports::Simulation simulate(const SimulateOptions& options, std::optional<TraceFiles>& trace) {
  const hardware::Bismo hardware = options.hardware.load();
  reports::Simulation result = question(options, hardware);
  for (const sim::LayerResult& layer : answers(options, result, hardware, trace)) {
    result.costs.push_back(layer.cost);
    if (layer.counters) result.counters.push_back(*layer.counters);
  }
  return result;
}

void run(const SimulateOptions& options) {
  require_different_files(
      {{"--json", options.json},
       {"--csv", options.csv},
       {"--trace", options.trace},
       {"--trace",
        options.trace ? std::optional(TraceFiles::timeline_path(*options.trace)) : std::nullopt}},
      {{"--policy", options.policy.file}, {"--hardware", options.hardware.name}});
  Destination json(options.json), csv(options.csv);
  std::optional<TraceFiles> trace;
  if (options.trace) trace.emplace(*options.trace);
  const reports::Simulation result = simulate(options, trace);
  if (json.wanted()) json.write(reports::simulation_json(result));
  if (csv.wanted()) csv.write(reports::simulation_csv(result));
  if (!json.is_standard_output() && !csv.is_standard_output())
    print(reports::simulation_text(result, output_width()));
  json.finish();
  csv.finish();
  if (trace) trace->finish();
}

}  // namespace

void add_simulate(CLI::App& program) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = program.add_subcommand(
      "simulate", "cycles, latency and energy of each layer of a network on hardware");
  options->network.add_to(*command);
  options->hardware.add_to(*command);
  options->policy.add_to(*command);
  command
      ->add_option("--layers", options->layers,
                   "only these: indices, ranges, names, patterns (0,3-7,layer1.*)")
      ->type_name("LIST");
  options->engine.add_to(*command);
  command
      ->add_option("--trace", options->trace,
                   "cycle engine: stages and tokens as a waveform; a timeline in .txt beside it")
      ->type_name("FILE.vcd");
  command->add_option("--json", options->json, "write the result as JSON; - is standard output")
      ->type_name("FILE");
  command->add_option("--csv", options->csv, "write a row per layer; - is standard output")
      ->type_name("FILE");
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
