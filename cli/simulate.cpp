#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/engine_option.h"
#include "cli/layer_selection.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/trace_files.h"
#include "models/graph/layer_table.h"
#include "reports/bitfusion.h"
#include "reports/text/simulation.h"
#include "sim/simulator.h"

namespace bitloom::cli {
namespace {

struct SimulateOptions {
  NetworkOption network;
  bool network_given = false;
  HardwareOption hardware;
  PolicyOptions policy;
  std::optional<std::string> layers;
  std::optional<std::string> layers_csv;
  bool explain = false;
  EngineOption engine;
  std::optional<std::string> trace;
  std::optional<std::string> json;
  std::optional<std::string> csv;
};

reports::Simulation question_on(const SimulateOptions& options,
                                const hardware::Hardware& hardware) {
  return {.network = {},
          .input = {},
          .hardware = hardware.name(),
          .engine = options.engine.engine,
          .energy_table = options.hardware.energy_table,
          .batch = hardware.batch(),
          .clock = hardware.clock(),
          .writes_back = hardware.writes_back(),
          .machine = reports::machine_of(hardware)};
}

/// The chosen layers of a network and their bits, not yet run.
reports::Simulation of_network(const SimulateOptions& options, const hardware::Hardware& hardware) {
  if (!options.network_given)
    throw UserError(
        "bitloom simulate: --network or --layers-csv is required (see bitloom simulate --help)");
  const Network network = options.network.load();
  const graph::Policy policy = options.policy.load(network);
  reports::Simulation asked = question_on(options, hardware);
  asked.network = network.graph.name();
  asked.input = network.graph.nodes().front().shape;
  const std::vector<sim::Job> jobs = sim::jobs_of(network.layers, policy, hardware.batch());
  for (const std::size_t i : select_layers(options.layers, network.layers))
    asked.layers.push_back({.job = jobs[i]});
  return asked;
}

void require_only_table(const SimulateOptions& o) {
  const std::pair<const char*, bool> others[] = {
      {"--network", o.network_given},
      {"--image-size", o.network.image_size.has_value()},
      {"--bits", o.policy.bits.has_value()},
      {"--policy", o.policy.file.has_value()},
      {"--edge-layers", o.policy.edge_layers.has_value()},
      {"--batch", o.hardware.batch.has_value()},
      {"--layers", o.layers.has_value()},
      {"--trace", o.trace.has_value()}};
  for (const auto& [option, is_given] : others)
    if (is_given)
      throw UserError(
          fmt::format("--layers-csv and {}: a table goes without it; leave one out", option));
}

/// The rows of a table, which say themselves what a network and options would.
reports::Simulation of_table(const SimulateOptions& options, const hardware::Hardware& hardware) {
  require_only_table(options);
  reports::Simulation asked = question_on(options, hardware);
  asked.network = *options.layers_csv;
  for (const graph::LayerRow& row : graph::read_layer_table(*options.layers_csv))
    asked.layers.push_back({.job = {row.layer, row.precision, row.batch},
                            .row = reports::TableRow{row.network, row.line}});
  asked.batch = asked.layers.front().job.batch;
  for (const reports::SimulatedLayer& layer : asked.layers)
    if (layer.job.batch != asked.layers.front().job.batch) asked.batch.reset();
  return asked;
}

/// Those of a table's layers are named with their place, for complaints.
std::vector<sim::Job> jobs_of(const reports::Simulation& asked) {
  std::vector<sim::Job> jobs;
  for (const reports::SimulatedLayer& layer : asked.layers) {
    jobs.push_back(layer.job);
    if (layer.row)
      jobs.back().layer.name =
          fmt::format("{}:{}: {}", asked.network, layer.row->line, layer.job.layer.name);
  }
  return jobs;
}

hardware::Bismo traced(const hardware::Hardware& hardware) {
  try {
    return hardware.bismo();
  } catch (const UserError& other_family) {
    throw other_family.with_text(fmt::format("--trace: {}", other_family.what()));
  }
}

std::vector<sim::LayerResult> answers(const SimulateOptions& options,
                                      const reports::Simulation& asked,
                                      const hardware::Hardware& hardware,
                                      std::optional<TraceFiles>& trace) {
  const sim::EngineOptions engine = options.engine.load();
  const int jobs = options.engine.processes();
  if (trace && options.engine.jobs && jobs > 1)
    throw UserError("--jobs and --trace: a trace is recorded by one process, --jobs 1");
  if (trace) return trace->record(asked, traced(hardware), engine);
  Progress progress("simulate");
  return sim::run(
      jobs_of(asked), hardware, engine,
      {.jobs = jobs, .progress = [&](double done, std::int64_t of) { progress.update(done, of); }});
}

void explain(const SimulateOptions& options, const std::vector<sim::LayerResult>& results,
             const hardware::Hardware& hardware, reports::Simulation& simulation) {
  const std::vector<sim::Job> jobs = jobs_of(simulation);
  const sim::EngineOptions engine = options.engine.load();
  reports::Explanation& explanation = simulation.explanation.emplace();
  explanation.elasticities = sim::energy_elasticities(jobs, results, hardware, engine);
  for (std::size_t i = 0; i < jobs.size(); ++i)
    simulation.layers[i].explanation = {sim::roofline(jobs[i], results[i].cost, hardware)};
  if (results.front().bitfusion) return;
  const hardware::Bismo bismo = hardware.bismo();
  explanation.lifts = sim::lifts_of(bismo);
  Progress progress("explain");
  const std::vector<std::vector<Cycles>> lifted = sim::lifted_cycles(
      jobs, results, bismo, engine,
      {.jobs = options.engine.processes(),
       .progress = [&](double done, std::int64_t of) { progress.update(done, of); }});
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    reports::LayerExplanation& layer = *simulation.layers[i].explanation;
    layer.bound = sim::bound_by(jobs[i], results[i], bismo);
    for (const std::vector<Cycles>& by_layer : lifted) layer.lifted.push_back(by_layer[i]);
  }
}

reports::Simulation simulate(const SimulateOptions& options, const hardware::Hardware& hardware,
                             std::optional<TraceFiles>& trace) {
  reports::Simulation result =
      options.layers_csv ? of_table(options, hardware) : of_network(options, hardware);
  std::vector<sim::LayerResult> results = answers(options, result, hardware, trace);
  if (options.explain) explain(options, results, hardware, result);
  result.take(std::move(results));
  return result;
}

std::string explanation_text(const reports::Simulation& result, const hardware::Hardware& hardware,
                             std::size_t width) {
  if (!result.explanation) return "";
  return (result.is_bitfusion() ? reports::mappings_text(result, hardware.bitfusion(), width)
                                : "") +
         reports::explanation_text(result, width);
}

void run(const SimulateOptions& options) {
  require_different_files(
      {{"--json", options.json},
       {"--csv", options.csv},
       {"--trace", options.trace},
       {"--trace",
        options.trace ? std::optional(TraceFiles::timeline_path(*options.trace)) : std::nullopt}},
      {{"--policy", options.policy.file},
       {"--layers-csv", options.layers_csv},
       {"--hardware", options.hardware.name},
       {"--energy-table", options.hardware.energy_table}});
  Destination json(options.json), csv(options.csv);
  std::optional<TraceFiles> trace;
  if (options.trace) trace.emplace(*options.trace);
  const hardware::Hardware hardware = options.hardware.load();
  const reports::Simulation result = simulate(options, hardware, trace);
  if (json.wanted()) json.write(reports::simulation_json(result));
  if (csv.wanted()) csv.write(reports::simulation_csv(result));
  if (!json.is_standard_output() && !csv.is_standard_output())
    print(reports::simulation_text(result, output_width()) +
          explanation_text(result, hardware, output_width()));
  json.finish();
  csv.finish();
  if (trace) trace->finish();
}

}  // namespace

void add_simulate(CLI::App& program) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = program.add_subcommand(
      "simulate", "cycles, latency and energy of each layer of a network on hardware");
  const CLI::Option* network = options->network.add_to(*command)->required(false);
  options->hardware.add_to(*command);
  options->hardware.add_energy_table_to(*command);
  options->policy.add_to(*command);
  command
      ->add_option("--layers", options->layers,
                   "only these: indices, ranges, names, patterns (0,3-7,layer1.*)")
      ->type_name("LIST");
  command
      ->add_option("--layers-csv", options->layers_csv,
                   "instead of a network, a table of layers with bits and batch: columns network, "
                   "layer, kind (conv, depthwise, fc), K, I, O, S, IC, OC, batch, abits, wbits, "
                   "im2col")
      ->type_name("FILE");
  command->add_flag(
      "--explain", options->explain,
      "what bounds each layer, what lifting each limit would save, rooflines, what each "
      "energy constant weighs; BitFusion: tilings and loop orders, and why");
  options->engine.add_to(*command);
  command
      ->add_option(
          "--trace", options->trace,
          "BISMO's cycle engine: stages and tokens as a waveform; a timeline in .txt beside it")
      ->type_name("FILE.vcd");
  command->add_option("--json", options->json, "write the result as JSON; - is standard output")
      ->type_name("FILE");
  command->add_option("--csv", options->csv, "write a row per layer; - is standard output")
      ->type_name("FILE");
  command->callback([options, network] {
    options->network_given = network->count() > 0;
    run(*options);
  });
}

}  // namespace bitloom::cli
