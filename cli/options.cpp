#include "cli/options.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "cli/configs.h"
#include "sim/energy_table.h"

namespace bitloom::cli {

namespace {

std::optional<std::int64_t> read_integer(std::string_view text, std::int64_t min,
                                         std::int64_t max) {
  const auto number = bitloom::parse_integer(text, min, max);
  return number ? std::optional(*number) : std::nullopt;
}

/// `320` or `800x1344`: height and width.
graph::Extent parse_image_size(std::string_view text) {
  constexpr std::int64_t kMost = 1 << 14;
  const std::size_t cross = text.find('x');
  const bool square = cross == std::string_view::npos;
  const auto height = read_integer(text.substr(0, cross), 1, kMost);
  const auto width = square ? height : read_integer(text.substr(cross + 1), 1, kMost);
  if (!height || !width)
    throw UserError(fmt::format("--image-size '{}': must be N or HxW, whole numbers in [1, {}]",
                                excerpt(text), kMost));
  return {*height, *width};
}

}  // namespace

CLI::Option* NetworkOption::add_to(CLI::App& command, const std::string& flag) {
  CLI::Option* network =
      command.add_option(flag, name, "a network's name (see `bitloom list networks`)")
          ->required()
          ->type_name("NAME");
  command
      .add_option("--image-size", image_size,
                  "height and width of the input (the size it was published at)")
      ->type_name("N|HxW");
  return network;
}

Network NetworkOption::load() const {
  graph::NetworkOptions options;
  if (image_size) options.image_size = parse_image_size(*image_size);
  graph::Graph graph = graph::make_network(name, options);
  std::vector<graph::LayerShape> layers = graph::layers_of(graph);
  return {std::move(graph), std::move(layers)};
}

void PolicyOptions::add_to(CLI::App& command) {
  CLI::Option* uniform =
      command.add_option("--bits", bits, "weight/activation bits of every layer, 1..16 (8/8)")
          ->type_name("W/A");
  command
      .add_option("--policy", file,
                  "bits per layer: {\"network\", \"layers\": [...]} or HAQ's [[w, a], ...]")
      ->type_name("FILE")
      ->excludes(uniform);
  command.add_option("--edge-layers", edge_layers, "bits of the first and last layer, such as 8/8")
      ->type_name("W/A");
}

graph::Policy PolicyOptions::load(const Network& network, graph::Activations activations) const {
  graph::Policy policy =
      file ? graph::read_policy(*file, network.graph.name(), network.layers, activations)
           : graph::uniform_policy(
                 network.layers.size(),
                 graph::parse_precision("--bits", bits.value_or("8/8"), activations));
  if (edge_layers)
    graph::set_edge_layers(policy, network.layers,
                           graph::parse_precision("--edge-layers", *edge_layers, activations));
  return policy;
}

void HardwareOption::add_to(CLI::App& command, const std::string& batch_help) {
  command
      .add_option("--hardware", name,
                  "a name (see `bitloom list hardware`) or a YAML file of your own")
      ->required()
      ->type_name("NAME|FILE");
  command.add_option("--batch", batch, batch_help)->type_name("N");
}

void HardwareOption::add_energy_table_to(CLI::App& command) {
  command
      .add_option(
          "--energy-table", energy_table,
          "a YAML file with energy constants in place of the hardware's (docs/reference/energy.md)")
      ->type_name("FILE");
}

hardware::Hardware HardwareOption::load() const {
  hardware::Hardware hardware = load_hardware(name);
  if (energy_table) hardware::read_energy_table(*energy_table, hardware);
  if (batch) hardware.set_batch(parse_integer("--batch", *batch, 1, 65536));
  return hardware;
}

std::int64_t parse_integer(std::string_view option, std::string_view text, std::int64_t min,
                           std::int64_t max) {
  const auto number = read_integer(text, min, max);
  if (!number)
    throw UserError(fmt::format("{} '{}': must be a whole number in [{}, {}]", option,
                                excerpt(text), min, max));
  return *number;
}

}  // namespace bitloom::cli
