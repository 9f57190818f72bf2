#include "pipelines/choices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/letter_case.h"
#include "base/shown_name.h"
#include "base/text.h"
#include "models/onnx/import.h"
#include "pipelines/network_table.h"
#include "reports/hardware_json.h"
#include "sim/catalogue.h"
#include "sim/energy_table.h"

namespace bitloom::pipelines {
namespace {

/// Bits that programs ask for keep the same bounds as those on a command line.
graph::Precision checked(std::string_view option, graph::Precision bits,
                         graph::Activations activations) {
  return graph::parse_precision(option, graph::to_text(bits), activations);
}

void warn_of_default_energies(const HardwareChoice& choice, const hardware::Hardware& machine,
                              const Host& host) {
  const std::string text =
      default_energies_text(choice.name, machine, choice.energy_table.has_value());
  if (!text.empty() && host.warning) host.warning(text);
}

/// `model.onnx: what: 2 Loop, 1 Scan`, where there are any.
void warn(const std::string& model, const char* what, const std::map<std::string, int>& counts,
          const Host& host) {
  if (counts.empty() || !host.warning) return;
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) parts.push_back(fmt::format("{} {}", count, name));
  host.warning(fmt::format("{}: {}: {}", model, what, fmt::join(parts, ", ")));
}

/// The bits that a file quantizes its layers to. An image that it leaves in floats has 8.
graph::Policy own_bits(const NetworkChoice& choice, const std::vector<graph::LayerShape>& layers) {
  constexpr int kImageBits = 8;
  graph::Policy policy;
  const std::vector<onnx::OwnBits> own = onnx::own_bits_of(choice.name, choice.inputs);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    auto [weights, activations] = own.at(i);
    if (!activations && i == 0) activations = kImageBits;
    const auto fits = [](const std::optional<int>& bits) {
      return bits && *bits <= graph::kMaxBits;
    };
    if (!fits(weights) || !fits(activations)) {
      const std::optional<int>& wrong = fits(weights) ? activations : weights;
      throw UserError(fmt::format(
          "--bits model: {}: layer '{}' has {} {}; --policy tells the bits of each layer",
          choice.name, shown_name(layers[i].name), fits(weights) ? "an input" : "weights",
          wrong ? fmt::format("of {} bits, more than {}", *wrong, graph::kMaxBits)
                : fmt::format("that the file does not quantize to {} bits or fewer",
                              graph::kMaxBits)));
    }
    policy.push_back({*weights, *activations});
  }
  return policy;
}

Network load_model(const NetworkChoice& choice, const Host& host) {
  if (choice.image_size)
    throw UserError(
        fmt::format("--image-size: goes with bitloom's own networks; --input tells "
                    "the sizes of {}",
                    choice.name));
  if (choice.classes)
    throw UserError(
        fmt::format("--classes: goes with bitloom's own networks; {} has its own", choice.name));
  onnx::Imported model = onnx::import_model(choice.name, choice.inputs);
  std::vector<graph::LayerShape> layers = graph::layers_of(model.graph);
  if (layers.empty())
    throw UserError(
        fmt::format("{}: holds no product that hardware runs: no convolution, no "
                    "product of matrices",
                    choice.name));
  std::vector<graph::LayerShape> of_bits = layers;
  warn(choice.name,
       "takes the results of operators that it does not know to have their input's shape",
       model.unknown, host);
  warn(choice.name, "does not price the products within what runs as often as data say",
       model.unpriced, host);
  return {.graph = std::move(model.graph),
          .layers = std::move(layers),
          .beside = std::move(model.beside),
          .unknown = std::move(model.unknown),
          .own_bits = [choice, layers = std::move(of_bits)] { return own_bits(choice, layers); }};
}

/// Where descriptions with names lie; a file needs none.
std::string folder_for(const std::string& hardware, const Host& host) {
  if (!host.hardware_folder.empty()) return host.hardware_folder;
  return hardware::is_hardware_file(hardware) ? shipped("configs/hardware").value_or("").string()
                                              : shipped_hardware();
}

}  // namespace

std::string to_text(graph::Extent image_size) {
  const auto [height, width] = image_size;
  return height == width ? fmt::format("{}", height) : fmt::format("{}x{}", height, width);
}

std::string Network::place(std::size_t i) const {
  if (!places.empty()) return places[i];
  return fmt::format("{}: layer '{}'", graph.name(), shown_name(layers[i].name));
}

void require_known_network(const std::string& name) {
  if (onnx::is_model_file(name)) return;
  const std::string lower = lower_case(name);
  if (lower.ends_with(".csv") || lower.ends_with(".yaml") || lower.ends_with(".yml"))
    throw UserError(
        fmt::format("unknown network '{}': a table of layers goes by --layers-csv", excerpt(name)));
  graph::find_network(name);
}

Network load(const NetworkChoice& choice, const Host& host) {
  if (choice.table) return network_of(*choice.table, rows_of(choice));
  if (onnx::is_model_file(choice.name)) return load_model(choice, host);
  if (!choice.inputs.empty())
    throw UserError(
        fmt::format("--input: goes with a file of ONNX; of {} --image-size tells it", choice.name));
  graph::Graph graph = graph::make_network(
      choice.name, {.image_size = choice.image_size, .classes = choice.classes});
  std::vector<graph::LayerShape> layers = graph::layers_of(graph);
  return {std::move(graph), std::move(layers)};
}

void declare(const NetworkChoice& choice, Manifest& manifest) {
  const auto& [name, image_size, table, classes, inputs, table_text] = choice;
  manifest.option("network", table ? graph::network_of_file(*table) : name);
  manifest.option("image_size", image_size ? std::optional(to_text(*image_size)) : std::nullopt);
  if (table_text)
    manifest.option("layers_csv", *table_text);
  else if (table)
    manifest.file("layers_csv", table);
  if (classes) manifest.option("classes", *classes);
  for (const auto& [input, shape] : inputs)
    manifest.option("input " + input, fmt::format("{}", fmt::join(shape, ",")));
  if (!table && onnx::is_model_file(name)) manifest.file("network", name);
}

std::string default_energies_text(const std::string& name, const hardware::Hardware& machine,
                                  bool has_table) {
  const auto& [names, gives_some, technology] = machine.default_energies();
  if (names.empty()) return "";
  std::vector<std::string> keys;
  for (const std::string& constant : names)
    keys.push_back((constant.find('.') == std::string::npos ? "energy." : "") + constant);
  return fmt::format(
      "{}: gives no {}: takes those of a {}, scaled to its size", name,
      gives_some || has_table ? fmt::format("{}", fmt::join(keys, ", ")) : "energies", technology);
}

void require_known_hardware(const std::string& name, const Host& host) {
  hardware::hardware_path(name, folder_for(name, host));
}

hardware::Hardware load(const HardwareChoice& choice, const Host& host) {
  for (const std::string& setting : choice.settings)
    if (choice.batch && hardware::key_of(setting) == "batch")
      throw UserError(
          fmt::format("--set {}: --batch tells it, too; leave one out", excerpt(setting)));
  const std::string folder = folder_for(choice.name, host);
  hardware::Hardware machine =
      choice.text ? hardware::parse_hardware(choice.name, *choice.text, folder, choice.settings)
                  : hardware::load_hardware(choice.name, folder, choice.settings);
  if (choice.energy_table)
    hardware::read_energy_table(*choice.energy_table, machine, choice.settings);
  if (choice.batch) machine.set_batch(*choice.batch);
  warn_of_default_energies(choice, machine, host);
  return machine;
}

void declare(const HardwareChoice& choice, const hardware::Hardware& machine, Manifest& manifest) {
  const auto& [name, batch, energy_table, settings, text] = choice;
  manifest.leave_out(name, batch, energy_table, settings, text);  // the machine holds them
  manifest.fact("batch", machine.batch());
  manifest.fact("hardware", machine.name());
  manifest.fact("hardware_description", reports::hardware_json(machine));
}

namespace {

graph::Policy own_bits_of(const Network& network) {
  if (!network.own_bits)
    throw UserError(
        fmt::format("--bits model: goes with a file of ONNX, not with {}", network.graph.name()));
  return network.own_bits();
}

}  // namespace

graph::Policy load(const PolicyChoice& choice, const Network& network,
                   graph::Activations activations) {
  graph::Policy policy;
  if (choice.listed) {
    policy = choice.listed->bits;
    graph::check_policy(choice.listed->name, policy, network.layers);
  } else if (choice.file)
    policy = graph::read_policy(*choice.file, network.graph.name(), network.layers, activations);
  else if (choice.of_model)
    policy = own_bits_of(network);
  else if (!choice.bits && !network.bits.empty())
    policy = network.bits;
  else
    policy = graph::uniform_policy(
        network.layers.size(),
        checked("--bits", choice.bits.value_or(graph::Precision{}), activations));
  if (choice.edge_layers)
    graph::set_edge_layers(policy, network.layers,
                           checked("--edge-layers", *choice.edge_layers, activations));
  return policy;
}

graph::FilterPolicy load_by_filter(const PolicyChoice& choice, const Network& network,
                                   graph::Activations activations) {
  if (!choice.file || choice.listed) return {load(choice, network, activations)};
  graph::FilterPolicy policy =
      graph::read_filter_policy(*choice.file, network.graph.name(), network.layers, activations);
  if (choice.edge_layers)
    graph::set_edge_layers(policy, network.layers,
                           checked("--edge-layers", *choice.edge_layers, activations));
  return policy;
}

void declare(const EngineChoice& choice, Manifest& manifest) {
  const auto& [options, jobs] = choice;
  const auto& [engine, stall_seed] = options;
  manifest.option("engine", std::string(engine.name));
  manifest.option("stalls", stall_seed);
  manifest.leave_out(jobs);
}

}  // namespace bitloom::pipelines
