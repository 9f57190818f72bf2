#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/engine_option.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "pipelines/price.h"
#include "reports/cost_table.h"

namespace bitloom::cli {
namespace {

struct LutOptions {
  NetworkOption network;
  HardwareOption hardware;
  std::string output;
  std::string metric = "cycles";
  std::string max_bits = "8";
  EngineOption engine;
};

void run(const LutOptions& options) {
  const pipelines::Network network = pipelines::load(options.network.choice());
  const hardware::Hardware hardware = options.hardware.load();
  const reports::Metric metric = reports::parse_metric(options.metric);
  const pipelines::EngineChoice engine = options.engine.choice();
  const auto max_bits = static_cast<int>(
      parse_integer("--max-bits", options.max_bits, graph::kMinBits, graph::kMaxBits));
  const std::string names_path =
      path_beside("-o", options.output, ".npy", ".json", "the names go beside it");
  require_different_files(
      {{"-o", options.output}, {"-o", names_path}},
      {{"--hardware", options.hardware.name}, {"--energy-table", options.hardware.energy_table}});
  OutputFile table_file(options.output);
  OutputFile names_file(names_path);

  const sim::CostTable table = cost_table(network, hardware, max_bits, engine, host());
  table_file.write(reports::cost_table_npy(table, metric));
  names_file.write(reports::cost_table_json(table, {.network = network.graph.name(),
                                                    .input = network.input(),
                                                    .engine = options.engine.engine,
                                                    .batch = hardware.batch(),
                                                    .metric = metric,
                                                    .layers = network.layers,
                                                    .hardware = hardware}));
  print(
      fmt::format("{}: {} of {} on {}, batch {}: {} layers x {} weight bits x {} activation bits\n"
                  "{}: names of the layers, hardware\n",
                  table_file.path(), options.metric, network.graph.name(), hardware.name(),
                  hardware.batch(), table.layers(), max_bits, max_bits, names_file.path()));
  table_file.commit();
  names_file.commit();
}

}  // namespace

void add_lut(CLI::App& program) {
  auto options = std::make_shared<LutOptions>();
  CLI::App* command = program.add_subcommand(
      "lut", "a look-up table of every layer's cost at every pair of bits, as HAQ reads it");
  options->network.add_to(*command);
  options->hardware.add_to(*command);
  options->hardware.add_energy_table_to(*command);
  command
      ->add_option("-o,--output", options->output,
                   "the NumPy file [layer][w-1][a-1]; a .json of names goes beside it")
      ->required()
      ->type_name("FILE.npy");
  command
      ->add_option("--metric", options->metric,
                   "cycles (int64), energy_pj (float64), dram_bytes (cycles)")
      ->type_name("NAME");
  command->add_option("--max-bits", options->max_bits, "both bits run from 1 to this (8)")
      ->type_name("N");
  options->engine.add_to(*command);
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
