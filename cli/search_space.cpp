#include "cli/search_space.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/cost_names.h"

namespace bitloom::cli {
namespace {

/// None where they are free.
std::optional<graph::Precision> parse_edge_layers(const std::string& text) {
  if (text == "free") return std::nullopt;
  return graph::parse_precision("--edge-layers", text);
}

}  // namespace

void SearchSpaceOptions::add_to(CLI::App& command) {
  hardware.add_to(command);
  add_energy_table_to(command, hardware.energy_table);
  command.get_option("--hardware")->required(false);
  const auto option = [&](const char* name, auto& value, const char* help, const char* type) {
    return command.add_option(name, value, help)->type_name(type);
  };
  look_at(option("--budget", budgets,
                 "latency=0.6x (of the cost at 8/8), energy=12mJ, dram=90MB, size=1.2MB, bops=7G; "
                 "several with commas, or by giving it again",
                 "COST=VALUE")
              ->delimiter(',')
              ->expected(1)
              ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll),
          [](const std::string& text) { search::parse_budget("--budget", text); });
  look_at(option("--weight-bits", weight_bits, "widths that weights may have (2-8)", "LIST"),
          [](const std::string& text) { search::parse_bit_list("--weight-bits", text); });
  look_at(option("--activation-bits", activation_bits, "and activations (2-8)", "LIST"),
          [](const std::string& text) { search::parse_bit_list("--activation-bits", text); });
  look_at(option("--edge-layers", edge_layers,
                 "bits of the first and last layer, such as 8/8, or free (free; 8/8 where "
                 "accuracy is measured)",
                 "W/A"),
          parse_edge_layers);
  option("--constraints", constraints,
         "widths of single layers and layers that choose alike (docs/guide/search.md)", "FILE");
  engine.add_to(command);
}

pipelines::SearchSpace SearchSpaceOptions::space() const {
  pipelines::SearchSpace space{
      .network = network.choice(),
      .hardware = hardware.choice(),
      .engine = engine.choice(),
      .weight_bits = search::parse_bit_list("--weight-bits", weight_bits),
      .activation_bits = search::parse_bit_list("--activation-bits", activation_bits),
      .constraints = constraints};
  for (const std::string& text : budgets)
    space.budgets.push_back(search::parse_budget("--budget", text));
  if (edge_layers) space.edge_layers = parse_edge_layers(*edge_layers);
  return space;
}

std::optional<double> parse_seconds(const std::optional<std::string>& text) {
  constexpr std::int64_t kWeek = 7 * 24 * 3600;
  if (!text) return std::nullopt;
  return static_cast<double>(parse_integer("--time-limit", *text, 1, kWeek));
}

}  // namespace bitloom::cli
