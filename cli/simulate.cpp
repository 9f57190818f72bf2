#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/engine_option.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "pipelines/report.h"
#include "pipelines/simulate.h"
#include "reports/text/simulation.h"

namespace bitloom::cli {
namespace {

struct SimulateOptions {
  LayersOption network;
  HardwareOption hardware;
  PolicyOptions policy;
  std::optional<std::string> layers;
  bool explain = false;
  EngineOption engine;
  std::optional<std::string> trace;
  std::optional<std::string> json;
  std::optional<std::string> csv;
  std::optional<std::string> figures;
};

void require_only_table(const SimulateOptions& o) {
  if (o.trace) throw UserError("--layers-csv and --trace: a table goes without it; leave one out");
}

std::string timeline_path(const std::string& trace) {
  return path_beside("--trace", trace, ".vcd", ".txt", "the timeline goes beside it");
}

std::variant<pipelines::NetworkLayers, pipelines::LayerTable> layers_of(
    const SimulateOptions& options) {
  pipelines::NetworkChoice network = options.network.choice();
  if (network.table) {
    require_only_table(options);
    return pipelines::LayerTable{*network.table, options.policy.choice(),
                                 parse_layers(options.layers)};
  }
  return pipelines::NetworkLayers{.network = std::move(network),
                                  .policy = options.policy.choice(),
                                  .layers = parse_layers(options.layers)};
}

pipelines::SimulateOptions choice(const SimulateOptions& options) {
  pipelines::SimulateOptions choice{.layers = layers_of(options),
                                    .hardware = options.hardware.choice(),
                                    .explain = options.explain,
                                    .engine = options.engine.choice()};
  if (!options.trace) return choice;
  if (options.engine.jobs && choice.engine.jobs > 1)
    throw UserError("--jobs and --trace: a trace is recorded by one process, --jobs 1");
  choice.trace = {*options.trace, timeline_path(*options.trace)};
  return choice;
}

void run(const SimulateOptions& options) {
  if (options.trace)
    require_different_files({{"--json", options.json},
                             {"--csv", options.csv},
                             {"--trace", timeline_path(*options.trace)}},
                            {});
  require_folder("--figures", options.figures);
  if (options.trace) require_own_file("--trace", timeline_path(*options.trace), "  layer '");
  const pipelines::SimulateOptions asked = choice(options);
  Destination json(options.json), csv(options.csv);
  const reports::Simulation result = pipelines::simulate(asked, host());
  if (json.wanted()) json.write(reports::simulation_json(result));
  if (csv.wanted()) csv.write(reports::simulation_csv(result));
  const bool tells = !json.is_standard_output() && !csv.is_standard_output();
  if (tells)
    print(reports::simulation_text(result, output_width()) +
          (result.explanation ? reports::explanation_text(result, output_width()) : ""));
  json.finish();
  csv.finish();
  if (options.trace && tells)
    print(fmt::format("\nwritten: {0}, the waveform, and {1}, the timeline\nopen it: gtkwave {0}\n",
                      *options.trace, timeline_path(*options.trace)));
  if (!options.figures) return;
  pipelines::draw_figures("--figures", reports::simulation_file(result), *options.figures);
  if (tells) print(fmt::format("figures are written to {}\n", *options.figures));
}

}  // namespace

void add_simulate(CLI::App& program) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = program.add_subcommand(
      "simulate", "cycles, latency and energy of each layer of a network on hardware");
  options->network.add_to(*command);
  options->hardware.add_to(*command);
  add_energy_table_to(*command, options->hardware.energy_table);
  options->policy.add_to(*command);
  command
      ->add_option("--layers", options->layers,
                   "only these: indices, ranges, names, patterns, such as 0,3-7,18-,layer1.* (all)")
      ->type_name("LIST");
  command->add_flag(
      "--explain", options->explain,
      "what to change: machines that could be built with what they save and take of the chip; what "
      "bounds each layer, what lifting each limit would save, rooflines, what each energy constant "
      "weighs; BitFusion: tilings and loop orders, and why; shift hardware: tiles and blocks");
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
  command
      ->add_option(
          "--figures", options->figures,
          "latency and energy of each layer, bits and roofline, as CSV and SVG; needs node")
      ->type_name("FOLDER");
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
