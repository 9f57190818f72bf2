#include "cli/options.h"

#include <limits>
#include <sstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "cli/host.h"
#include "models/graph/layer_table.h"

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

std::int64_t parse_classes(std::string_view text) {
  return parse_integer("--classes", text, 1, graph::kMostPerDimension);
}

constexpr const char* kBitsOfModel = "model";

/// `x=1,3,224,224`, or the shape alone. Names may hold any character, `=` too.
std::pair<std::string, graph::Shape> parse_input(const std::string& text) {
  constexpr std::int64_t kMost = 1 << 20;
  const std::size_t equals = text.rfind('=');
  const std::size_t start = equals == std::string::npos ? 0 : equals + 1;
  graph::Shape shape;
  std::istringstream stream(text.substr(start));
  for (std::string part; std::getline(stream, part, ',');) {
    const auto size = read_integer(part, 1, kMost);
    if (!size)
      throw UserError(fmt::format("--input '{}': must be NAME=N,N,.. of whole numbers in [1, {}]",
                                  excerpt(text), kMost));
    shape.push_back(*size);
  }
  if (shape.empty())
    throw UserError(fmt::format("--input '{}': must be NAME=N,N,..", excerpt(text)));
  return {text.substr(0, equals == std::string::npos ? 0 : equals), std::move(shape)};
}

}  // namespace

CLI::Option* look_at(CLI::Option* option, std::function<void(const std::string&)> look) {
  const std::string name = option->get_name();
  return option->check([look = std::move(look), name](const std::string& value) {
    try {
      look(value);
    } catch (const UserError& wrong) {
      const std::string text = wrong.what();
      if (!name.starts_with("-") || !text.starts_with("unknown ")) throw;
      throw wrong.with_text(fmt::format("{}: {}", name, text));
    }
    return std::string();
  });
}

CLI::Option* NetworkOption::add_to(CLI::App& command, const std::string& flag) {
  CLI::Option* network =
      command
          .add_option(flag, name,
                      "a network's name (see `bitloom list networks`), or a file of ONNX: "
                      "model.onnx")
          ->required()
          ->type_name("NAME|FILE");
  look_at(network, pipelines::require_known_network);
  look_at(command
              .add_option("--image-size", image_size,
                          "height and width of the input (the size it was published at)")
              ->type_name("N|HxW"),
          parse_image_size);
  look_at(command
              .add_option("--classes", classes,
                          "outputs of the last layer (as published; those of --weights, where "
                          "they tell)")
              ->type_name("N"),
          parse_classes);
  look_at(command
              .add_option("--input", inputs,
                          "shape of an input of an ONNX file, batch first, such as x=1,3,224,224; "
                          "without NAME= the first input's; may be given several times")
              ->type_name("[NAME=]N,..")
              ->expected(1)
              ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll),
          parse_input);
  return network;
}

Network NetworkOption::load() const { return pipelines::load(choice(), host()); }

pipelines::NetworkChoice NetworkOption::choice() const {
  pipelines::NetworkChoice choice{.name = name};
  if (image_size) choice.image_size = parse_image_size(*image_size);
  if (classes) choice.classes = parse_classes(*classes);
  for (const std::string& text : inputs) {
    auto [input, shape] = parse_input(text);
    if (!choice.inputs.emplace(input, std::move(shape)).second)
      throw UserError(fmt::format("--input {}: is given twice", excerpt(text)));
  }
  return choice;
}

void LayersOption::add_to(CLI::App& command, const std::string& flag) {
  flag_ = flag;
  for (const CLI::App* each = &command; each != nullptr; each = each->get_parent())
    command_ = each->get_name() + (command_.empty() ? "" : " " + command_);
  network.add_to(command, flag)->required(false);
  command
      .add_option("--layers-csv", table,
                  "instead of a network, a table of layers: columns layer, kind (conv, depthwise, "
                  "fc), K, I, O or P, S, IC, OC, and as needed network, groups, batch, abits, "
                  "wbits, im2col; or a topology of SCALE-Sim; or .yaml of ZigZag or Timeloop "
                  "(docs/reference/file-formats.md)")
      ->type_name("FILE");
}

pipelines::NetworkChoice LayersOption::choice() const {
  if (!is_given())
    throw UserError(
        fmt::format("{0}: {1} or --layers-csv is required (see {0} --help)", command_, flag_));
  if (!table) return network.choice();
  const std::pair<std::string, bool> others[] = {{flag_, !network.name.empty()},
                                                 {"--image-size", network.image_size.has_value()},
                                                 {"--classes", network.classes.has_value()},
                                                 {"--input", !network.inputs.empty()}};
  for (const auto& [option, is_given] : others)
    if (is_given)
      throw UserError(
          fmt::format("--layers-csv and {}: a table goes without it; leave one out", option));
  return {.name = graph::network_of_file(*table), .table = table};
}

Network LayersOption::load() const { return pipelines::load(choice(), host()); }

void PolicyOptions::add_to(CLI::App& command) {
  CLI::Option* uniform =
      command
          .add_option(
              "--bits", bits,
              "weight/activation bits of every layer, 1..16 (8/8); model: those that a file "
              "of ONNX has")
          ->type_name("W/A|model");
  look_at(uniform, [kind = activations](const std::string& text) {
    if (text != kBitsOfModel) graph::parse_precision("--bits", text, kind);
  });
  command
      .add_option("--policy", file,
                  "bits per layer: {\"network\", \"layers\": [...]} or HAQ's [[w, a], ...]")
      ->type_name("FILE")
      ->excludes(uniform);
  look_at(command
              .add_option("--edge-layers", edge_layers,
                          "bits of the first and last layer, such as 8/8 (as all)")
              ->type_name("W/A"),
          [kind = activations](const std::string& text) {
            graph::parse_precision("--edge-layers", text, kind);
          });
}

pipelines::PolicyChoice PolicyOptions::choice() const {
  pipelines::PolicyChoice choice{.file = file};
  choice.of_model = bits == kBitsOfModel;
  if (bits && !choice.of_model) choice.bits = graph::parse_precision("--bits", *bits, activations);
  if (edge_layers)
    choice.edge_layers = graph::parse_precision("--edge-layers", *edge_layers, activations);
  return choice;
}

void add_settings_to(CLI::App& command, std::vector<std::string>& settings) {
  CLI::Option* set =
      command
          .add_option("--set", settings,
                      "a key of the hardware's file and its value, such as array.dm=8 (see "
                      "`bitloom describe hardware`); an empty value takes the key out; may be "
                      "given several times")
          ->type_name("KEY=VALUE")
          ->expected(1)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  look_at(set, [](const std::string& setting) { hardware::key_of(setting); });
}

void HardwareOption::add_to(CLI::App& command, const std::string& batch_help) {
  look_at(command
              .add_option("--hardware", name,
                          "a name (see `bitloom list hardware`) or a YAML file of your own")
              ->required()
              ->type_name("NAME|FILE"),
          look_for_hardware);
  look_at(command.add_option("--batch", batch, batch_help)->type_name("N"), parse_batch);
  add_settings_to(command, settings);
}

void add_energy_table_to(CLI::App& command, std::optional<std::string>& file) {
  command
      .add_option(
          "--energy-table", file,
          "a YAML file with energy constants in place of the hardware's (docs/reference/energy.md)")
      ->type_name("FILE");
}

pipelines::HardwareChoice HardwareOption::choice() const {
  pipelines::HardwareChoice choice{
      .name = name, .energy_table = energy_table, .settings = settings};
  if (batch) choice.batch = parse_batch(*batch);
  return choice;
}

hardware::Hardware HardwareOption::load() const { return pipelines::load(choice(), host()); }

std::vector<std::string> parse_layers(const std::optional<std::string>& text) {
  std::vector<std::string> parts;
  if (!text) return parts;
  std::istringstream stream(*text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  if (parts.empty()) throw UserError("--layers '': names no layer");
  return parts;
}

std::uint64_t parse_seed(std::string_view option, std::string_view text) {
  return static_cast<std::uint64_t>(
      parse_integer(option, text, 0, std::numeric_limits<std::int64_t>::max()));
}

std::int64_t parse_batch(std::string_view text) { return parse_integer("--batch", text, 1, 65536); }

void look_for_hardware(const std::string& name) { require_known_hardware(name, host()); }

std::int64_t parse_integer(std::string_view option, std::string_view text, std::int64_t min,
                           std::int64_t max) {
  const auto number = read_integer(text, min, max);
  if (!number)
    throw UserError(fmt::format("{} '{}': must be a whole number in [{}, {}]", option,
                                excerpt(text), min, max));
  return *number;
}

}  // namespace bitloom::cli
