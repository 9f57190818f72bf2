#include <algorithm>
#include <cmath>
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
#include "pipelines/apq_table.h"
#include "pipelines/network_table.h"
#include "pipelines/price.h"
#include "reports/cost_table.h"
#include "reports/technology.h"
#include "reports/text/text_table.h"
#include "search/problem/bit_space.h"

namespace bitloom::cli {
namespace {

struct LutOptions {
  LayersOption network;
  HardwareOption hardware;
  std::string output;
  std::string layout = "haq";
  std::optional<std::string> metric, max_bits;              // of HAQ's layout
  std::optional<std::string> weight_bits, activation_bits;  // of APQ's
  EngineOption engine;
};

/// Whether a layout is APQ's; else it is HAQ's.
bool is_apq(const std::string& layout) {
  if (layout != "apq" && layout != "haq") throw unknown_name("layout", layout, {"haq", "apq"});
  return layout == "apq";
}

int parse_max_bits(const std::string& text) {
  return static_cast<int>(parse_integer("--max-bits", text, graph::kMinBits, graph::kMaxBits));
}

/// Options of the other layout.
void require_only_for(const LutOptions& o, bool apq) {
  const std::pair<const char*, bool> of_haq[] = {{"--metric", o.metric.has_value()},
                                                 {"--max-bits", o.max_bits.has_value()}};
  const std::pair<const char*, bool> of_apq[] = {
      {"--weight-bits", o.weight_bits.has_value()},
      {"--activation-bits", o.activation_bits.has_value()}};
  const auto refuse = [](const auto& others, const char* layout) {
    for (const auto& [option, is_given] : others)
      if (is_given)
        throw UserError(fmt::format("{}: goes with --layout {}; leave one out", option, layout));
  };
  apq ? refuse(of_haq, "haq") : refuse(of_apq, "apq");
}

/// That sums of entries are not what a network costs; empty where they are.
std::string whole_text(const pipelines::Network& network, const hardware::Hardware& hardware,
                       int max_bits) {
  const double over = whole_over_entries(network, hardware, max_bits);
  constexpr double kRounding = 1e-9;
  if (std::abs(over) <= kRounding) return "";
  return reports::wrapped(
      fmt::format(
          "entries do not add up to the whole network here: layers read and write each "
          "other's bits, an entry its own. At 2 bits and {} by turns the whole takes "
          "{:+.1f} % cycles, and other policies may differ by more; simulate --policy prices them",
          max_bits, 100 * over),
      output_width(), "");
}

void write_haq(const LutOptions& options) {
  const pipelines::Network network = options.network.load();
  const hardware::Hardware hardware = options.hardware.load();
  const std::string metric_name = options.metric.value_or("cycles");
  const reports::Metric metric = reports::parse_metric(metric_name);
  const pipelines::EngineChoice engine = options.engine.choice();
  const int max_bits = parse_max_bits(options.max_bits.value_or("8"));
  const std::string names_path =
      path_beside("-o", options.output, ".npy", ".json", "the names go beside it");
  require_own_file("-o", names_path, reports::kCostTableIndex);
  OutputFile table_file(options.output);
  OutputFile names_file(names_path);

  pipelines::warn_of_wide_results(options.network.choice(), network.layers, {max_bits, max_bits},
                                  hardware, host());
  const sim::CostTable table = cost_table(network, hardware, max_bits, engine, host());
  table_file.write(reports::cost_table_npy(table, metric));
  names_file.write(reports::cost_table_json(table, {.network = network.graph.name(),
                                                    .input = network.input(),
                                                    .engine = options.engine.engine,
                                                    .batch = hardware.batch(),
                                                    .metric = metric,
                                                    .layers = network.layers,
                                                    .hardware = hardware}));
  const std::string whose =
      metric == reports::Metric::kEnergyPj
          ? ", " + reports::energy_constants_text(hardware.energy_technology())
          : "";
  const std::string what = fmt::format(
      "{}: {} of {} on {}, batch {}: {} layer{} x {} weight bits x {} activation bits{}",
      table_file.path(), metric_name, network.graph.name(), hardware.name(), hardware.batch(),
      table.layers(), table.layers() == 1 ? "" : "s", max_bits, max_bits, whose);
  std::string refused;
  if (table.refused() > 0)
    refused = reports::wrapped(
        fmt::format("{} entries are inf: at these bits a layer cannot be mapped", table.refused()),
        output_width(), "");
  print(reports::wrapped(what, output_width(), "") + refused +
        whole_text(network, hardware, max_bits) +
        fmt::format("{}: names of the layers, hardware\n", names_file.path()));
  table_file.commit();
  names_file.commit();
}

void write_apq(const LutOptions& options) {
  const pipelines::NetworkChoice network = options.network.choice();
  const hardware::Hardware hardware = options.hardware.load();
  const std::string name = network.table.value_or(network.name);
  const std::vector<graph::LayerShape> layers =
      network.table ? pipelines::layers_of_table(*network.table, hardware.batch())
                    : pipelines::load(network, host()).layers;
  const auto widths = [](const char* option, const std::optional<std::string>& text) {
    return search::parse_bit_list(option, text.value_or("4,6,8"));
  };
  const auto weight_bits = widths("--weight-bits", options.weight_bits);
  const auto activation_bits = widths("--activation-bits", options.activation_bits);
  OutputFile file(options.output);
  const reports::ApqTable table = pipelines::apq_table(
      layers, hardware, weight_bits, activation_bits, options.engine.choice(), host());
  file.write(reports::apq_table_json(table));
  std::string text = reports::wrapped(
      fmt::format("{}: latency and energy of {} on {}, batch {}: {} entries as in APQ's table, "
                  "head and tail among them; energy by {}",
                  file.path(), name, hardware.name(), hardware.batch(), table.entries.size(),
                  reports::energy_constants_text(hardware.energy_technology())),
      output_width(), "");
  if (!table.left_out.empty())
    text += reports::wrapped(
        fmt::format("{} are left out, at whose bits a layer cannot be mapped; the first: {}",
                    table.left_out.size(), table.left_out.front()),
        output_width(), "");
  const int most = std::max(*std::max_element(weight_bits.begin(), weight_bits.end()),
                            *std::max_element(activation_bits.begin(), activation_bits.end()));
  if (!network.table) text += whole_text(options.network.load(), hardware, most);
  pipelines::warn_of_wide_results(network, layers, {most, most}, hardware, host());
  print(text);
  file.commit();
}

void run(const LutOptions& options) {
  const bool apq = is_apq(options.layout);
  require_only_for(options, apq);
  apq ? write_apq(options) : write_haq(options);
}

void add_layouts(CLI::App& command, LutOptions& options) {
  const auto option = [&](const char* name, auto& value, const char* help, const char* type) {
    return command.add_option(name, value, help)->type_name(type);
  };
  look_at(option("--layout", options.layout,
                 "haq: a NumPy array; apq: a dictionary of latency and energy by shape and bits, "
                 "the first layer as head, the last as tail (haq)",
                 "NAME"),
          is_apq);
  look_at(option("--metric", options.metric,
                 "haq: cycles (int64), energy_pj (float64), dram_bytes (cycles)", "NAME"),
          reports::parse_metric);
  look_at(option("--max-bits", options.max_bits, "haq: both bits run from 1 to this (8)", "N"),
          parse_max_bits);
  look_at(option("--weight-bits", options.weight_bits, "apq: of weights (4,6,8)", "LIST"),
          [](const std::string& text) { search::parse_bit_list("--weight-bits", text); });
  look_at(
      option("--activation-bits", options.activation_bits, "apq: of activations (4,6,8)", "LIST"),
      [](const std::string& text) { search::parse_bit_list("--activation-bits", text); });
}

}  // namespace

void add_lut(CLI::App& program) {
  auto options = std::make_shared<LutOptions>();
  CLI::App* command = program.add_subcommand(
      "lut", "a look-up table of every layer's cost at every pair of bits, as HAQ or APQ reads it");
  options->network.add_to(*command);
  options->hardware.add_to(*command);
  add_energy_table_to(*command, options->hardware.energy_table);
  command
      ->add_option("-o,--output", options->output,
                   "the NumPy file [layer][w-1][a-1], a .json of names beside it; the dictionary "
                   "with --layout apq")
      ->required()
      ->type_name("FILE");
  add_layouts(*command, *options);
  options->engine.add_to(*command);
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
