#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/layer_selection.h"
#include "cli/options.h"
#include "cli/output.h"
#include "reports/simulation.h"
#include "sim/simulator.h"

namespace bitloom::cli {
namespace {

struct SimulateOptions {
  NetworkOption network;
  HardwareOption hardware;
  PolicyOptions policy;
  std::optional<std::string> layers;
  std::string engine = "analytic";
  std::optional<std::string> json;
  std::optional<std::string> csv;
};

reports::Simulation simulate(const SimulateOptions& options) {
  const Network network = options.network.load();
  const hardware::Bismo hardware = options.hardware.load();
  const graph::Policy policy = options.policy.load(network);
  const sim::Engine engine = sim::parse_engine(options.engine);
  reports::Simulation result{.network = network.graph.name(),
                             .input = network.graph.nodes().front().shape,
                             .hardware = hardware.name,
                             .engine = options.engine,
                             .batch = hardware.batch,
                             .clock = hardware.clock(),
                             .layers = {},
                             .policy = {},
                             .costs = {}};
  for (const std::size_t i : select_layers(options.layers, network.layers)) {
    result.layers.push_back(network.layers[i]);
    result.policy.push_back(policy[i]);
  }
  result.costs = sim::price(result.layers, result.policy, hardware, hardware.batch, engine);
  return result;
}

void run(const SimulateOptions& options) {
  require_different_files("--json", options.json, "--csv", options.csv);
  Destination json(options.json), csv(options.csv);
  const reports::Simulation result = simulate(options);
  if (json.wanted()) json.deliver(reports::simulation_json(result));
  if (csv.wanted()) csv.deliver(reports::simulation_csv(result));
  if (!json.is_standard_output() && !csv.is_standard_output())
    print(reports::simulation_text(result, output_width()));
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
  command->add_option("--engine", options->engine, "analytic: closed forms")->type_name("NAME");
  command->add_option("--json", options->json, "write the result as JSON; - is standard output")
      ->type_name("FILE");
  command->add_option("--csv", options->csv, "write a row per layer; - is standard output")
      ->type_name("FILE");
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
