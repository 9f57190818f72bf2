#include "pipelines/simulate.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "pipelines/changes.h"
#include "pipelines/countable.h"
#include "pipelines/engine_warning.h"
#include "pipelines/layer_selection.h"
#include "pipelines/network_table.h"
#include "sim/lifts.h"
#include "sim/simulator.h"

namespace bitloom::pipelines {
namespace {

reports::Simulation question_on(const SimulateOptions& options,
                                const hardware::Hardware& hardware) {
  return {.network = {},
          .input = {},
          .hardware = hardware.name(),
          .engine = options.engine.name(),
          .energy_table = options.hardware.energy_table,
          .technology = hardware.energy_technology(),
          .batch = hardware.batch(),
          .clock = hardware.clock(),
          .writes_back = hardware.writes_back(),
          .machine = reports::machine_of(hardware)};
}

/// The selected layers of a network and their bits, not yet run.
reports::Simulation question(const Network& network, const graph::FilterPolicy& policy,
                             const std::vector<std::string>& selected,
                             const SimulateOptions& options, const hardware::Hardware& hardware) {
  require_batch(network, hardware.batch());
  reports::Simulation asked = question_on(options, hardware);
  asked.network = network.graph.name();
  asked.input = network.input();
  const std::vector<sim::Job> jobs = sim::jobs_of(network.layers, policy.layers, hardware.batch());
  for (const std::size_t i : select_layers(selected, network.layers))
    reports::append(jobs[i], policy.of(i), {}, asked.layers);
  return asked;
}

reports::Simulation question(const NetworkLayers& chosen, const SimulateOptions& options,
                             const hardware::Hardware& hardware, const Host& host) {
  const Network network = load(chosen.network, host);
  return question(network, load_by_filter(chosen.policy, network), chosen.layers, options,
                  hardware);
}

using Rows = std::vector<graph::LayerRow>;

/// An option that no row takes: each says in `columns` what the option would.
[[noreturn]] void refuse_option(const LayerTable& table, const char* columns,
                                const std::string& option) {
  throw UserError(
      fmt::format("{}: {}: every row says its own: leave {} out", table.file, columns, option));
}

/// The bits of a table's rows: their own, else those of the options.
graph::FilterPolicy bits_of(const LayerTable& table, const Rows& rows) {
  const PolicyChoice& asked = table.policy;
  const bool all_say = std::all_of(rows.begin(), rows.end(),
                                   [](const auto& row) { return row.precision.has_value(); });
  if (all_say && asked.bits) refuse_option(table, "abits, wbits", "--bits");
  if (all_say && asked.file) refuse_option(table, "abits, wbits", "--policy");
  if (all_say && asked.edge_layers) refuse_option(table, "abits, wbits", "--edge-layers");
  graph::FilterPolicy policy{
      graph::uniform_policy(rows.size(), asked.bits.value_or(graph::Precision{}))};
  if (asked.file || asked.edge_layers || asked.of_model)
    policy = load_by_filter(asked, network_of(table.file, of_any_batch(rows)));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].precision) continue;
    policy.layers[i] = *rows[i].precision;
    if (policy.by_filter()) policy.filters[i].clear();
  }
  return policy;
}

void refuse_batch(const LayerTable& table, const HardwareChoice& hardware) {
  if (hardware.batch) refuse_option(table, "batch", "--batch");
  for (const std::string& setting : hardware.settings)
    if (hardware::key_of(setting) == "batch")
      refuse_option(table, "batch", fmt::format("--set {}", excerpt(setting)));
}

/// The rows of a table at what they say, and the options where they say nothing.
reports::Simulation question(const LayerTable& table, const SimulateOptions& options,
                             const hardware::Hardware& hardware, const Host&) {
  reports::Simulation asked = question_on(options, hardware);
  asked.network = table.file;
  const Rows rows = graph::read_layer_table(table.file);
  const graph::FilterPolicy bits = bits_of(table, rows);
  if (std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.batch.has_value(); }))
    refuse_batch(table, options.hardware);
  std::vector<graph::LayerShape> shapes;
  for (const graph::LayerRow& row : rows) shapes.push_back(row.layer);
  for (const std::size_t i : select_layers(table.layers, shapes)) {
    const sim::Job whole{rows[i].layer, bits.layers[i], rows[i].batch.value_or(hardware.batch())};
    reports::append(whole, bits.of(i),
                    reports::TableRow{rows[i].network, rows[i].line, rows[i].batch.has_value()},
                    asked.layers);
  }
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

std::vector<sim::LayerResult> answers(const SimulateOptions& options,
                                      const reports::Simulation& asked,
                                      const hardware::Hardware& hardware,
                                      std::optional<TraceFiles>& trace, const Host& host) {
  const sim::EngineOptions& engine = options.engine.options;
  if (trace) return trace->record(asked, hardware, engine, host);
  Step step(host, "simulate");
  return sim::run(jobs_of(asked), hardware, engine,
                  {.jobs = options.engine.jobs,
                   .progress = [&](double done, std::int64_t of) { step.update(done, of); }});
}

/// Where each layer is from, for complaints.
std::vector<std::string> places_of(const reports::Simulation& asked) {
  std::vector<std::string> places;
  for (const reports::SimulatedLayer& layer : asked.layers)
    places.push_back(layer.row
                         ? fmt::format("{}:{}", asked.network, layer.row->line)
                         : fmt::format("{}: layer '{}'", asked.network, layer.job.layer.name));
  return places;
}

bool says_batch(const reports::Simulation& simulation) {
  return std::any_of(
      simulation.layers.begin(), simulation.layers.end(),
      [](const reports::SimulatedLayer& layer) { return layer.row && layer.row->says_batch; });
}

void explain(const SimulateOptions& options, const std::vector<sim::LayerResult>& results,
             const hardware::Hardware& hardware, const Host& host,
             reports::Simulation& simulation) {
  const std::vector<sim::Job> jobs = jobs_of(simulation);
  const sim::EngineOptions& engine = options.engine.options;
  reports::Explanation& explanation = simulation.explanation.emplace();
  explanation.elasticities = sim::energy_elasticities(jobs, results, hardware, engine);
  for (std::size_t i = 0; i < jobs.size(); ++i)
    simulation.layers[i].explanation = {sim::roofline(jobs[i], results[i], hardware)};
  Step step(host, "explain");
  const auto lifted = sim::lifted_cycles(
      jobs, results, hardware, engine,
      {.jobs = options.engine.jobs,
       .progress = [&](double done, std::int64_t of) { step.update(done, of); }});
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    reports::LayerExplanation& layer = *simulation.layers[i].explanation;
    if (const auto used = hardware.machine().dram_bits_used(jobs[i]))
      layer.dram_used =
          static_cast<double>(used->count()) / static_cast<double>(results[i].cost.dram.count());
    layer.units_used = hardware.machine().units_used(results[i]);
    layer.bound = hardware.machine().bound_by(jobs[i], results[i]);
    for (const auto& by_layer : lifted)
      if (by_layer) layer.lifted.push_back((*by_layer)[i]);
  }
  const std::vector<sim::Lift> lifts = hardware.machine().lifts();
  for (std::size_t i = 0; i < lifts.size(); ++i)
    if (lifted[i]) explanation.lifts.push_back(lifts[i]);
  explanation.as_is = as_it_is(hardware, jobs, results);
  explanation.changes = priced_changes(options, hardware, jobs, says_batch(simulation), host);
}

/// Runs what is asked.
reports::Simulation answered(reports::Simulation result, const SimulateOptions& options,
                             const hardware::Hardware& hardware, std::optional<TraceFiles>& trace,
                             const Host& host) {
  require_countable_work(places_of(result), jobs_of(result));
  if (result.is_table()) warn_of_wide_results(result.network, jobs_of(result), hardware, host);
  std::vector<sim::LayerResult> results = answers(options, result, hardware, trace, host);
  require_countable_costs(places_of(result), results);
  if (options.explain) explain(options, results, hardware, host, result);
  result.energy_range =
      sim::energy_range(jobs_of(result), results, hardware, options.engine.options);
  result.take(std::move(results), hardware.machine());
  if (result.is_table()) result.network = graph::network_of_file(result.network);
  if (trace) trace->finish();
  return result;
}

}  // namespace

reports::Simulation simulate(const SimulateOptions& options, const Host& host) {
  std::optional<TraceFiles> trace;
  if (options.trace) trace.emplace(*options.trace);
  const hardware::Hardware hardware = load(options.hardware, host);
  warn_of_what_is_left_out(options.engine, hardware, host);
  return answered(
      std::visit([&](const auto& layers) { return question(layers, options, hardware, host); },
                 options.layers),
      options, hardware, trace, host);
}

reports::Simulation simulate(const Network& network, const graph::FilterPolicy& policy,
                             const hardware::Hardware& hardware, const SimulateOptions& options,
                             const Host& host) {
  std::optional<TraceFiles> trace;
  if (options.trace) trace.emplace(*options.trace);
  warn_of_what_is_left_out(options.engine, hardware, host);
  const auto selected =
      std::visit([](const auto& layers) { return layers.layers; }, options.layers);
  return answered(question(network, policy, selected, options, hardware), options, hardware, trace,
                  host);
}

}  // namespace bitloom::pipelines
