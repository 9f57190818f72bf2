#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "reports/cost_table.h"

namespace bitloom::cli {
namespace {

struct LutOptions {
  NetworkOption network;
  HardwareOption hardware;
  std::string output;
  std::string metric = "cycles";
  std::string max_bits = "8";
  std::string engine = "analytic";
};

/// `table.npy` -> `table.json`.
std::string names_path(const std::string& table_path) {
  constexpr std::string_view kSuffix = ".npy";
  if (!table_path.ends_with(kSuffix) || table_path.size() == kSuffix.size())
    throw UserError(
        fmt::format("-o '{}': must end in .npy; the names go beside it in .json", table_path));
  return table_path.substr(0, table_path.size() - kSuffix.size()) + ".json";
}

void run(const LutOptions& options) {
  const Network network = options.network.load();
  const hardware::Bismo hardware = options.hardware.load();
  const reports::Metric metric = reports::parse_metric(options.metric);
  const sim::Engine engine = sim::parse_engine(options.engine);
  const auto max_bits = static_cast<int>(
      parse_integer("--max-bits", options.max_bits, graph::kMinBits, graph::kMaxBits));
  OutputFile table_file(options.output);
  OutputFile names_file(names_path(options.output));

  const sim::CostTable table(network.layers, hardware, hardware.batch, max_bits, engine);
  table_file.write(reports::cost_table_npy(table, metric));
  names_file.write(reports::cost_table_json(table, {.network = network.graph.name(),
                                                    .input = network.graph.nodes().front().shape,
                                                    .engine = options.engine,
                                                    .batch = hardware.batch,
                                                    .metric = metric,
                                                    .layers = network.layers,
                                                    .hardware = hardware}));
  table_file.commit();
  names_file.commit();
  print(
      fmt::format("{}: {} of {} on {}, batch {}: {} layers x {} weight bits x {} activation bits\n"
                  "{}: names of the layers, hardware\n",
                  table_file.path(), options.metric, network.graph.name(), hardware.name,
                  hardware.batch, table.layers(), max_bits, max_bits, names_file.path()));
}

}  // namespace

void add_lut(CLI::App& program) {
  auto options = std::make_shared<LutOptions>();
  CLI::App* command = program.add_subcommand(
      "lut", "a look-up table of every layer's cost at every pair of bits, as HAQ reads it");
  options->network.add_to(*command);
  options->hardware.add_to(*command);
  command
      ->add_option("-o,--output", options->output,
                   "the NumPy file [layer][w-1][a-1]; a .json of names goes beside it")
      ->required()
      ->type_name("FILE.npy");
  command
      ->add_option("--metric", options->metric, "cycles (int64), energy_pj (float64), dram_bytes")
      ->type_name("NAME");
  command->add_option("--max-bits", options->max_bits, "both bits run from 1 to this (8)")
      ->type_name("N");
  command->add_option("--engine", options->engine, "analytic: closed forms")->type_name("NAME");
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
