#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "models/graph/policy.h"
#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"

/// Options that several commands share, and what they stand for.
namespace bitloom::cli {

/// A network of the zoo with its layers.
struct Network {
  graph::Graph graph;
  std::vector<graph::LayerShape> layers;
};

struct NetworkOption {
  std::string name;
  std::optional<std::string> image_size;
  /// `flag` is `--network`, or `name` where the network is the command's object.
  CLI::Option* add_to(CLI::App& command, const std::string& flag = "--network");
  Network load() const;
};

/// `--bits`, `--policy`, `--edge-layers`: the bits of every layer.
struct PolicyOptions {
  std::optional<std::string> bits;
  std::optional<std::string> file;
  std::optional<std::string> edge_layers;
  void add_to(CLI::App& command);
  bool is_given() const { return bits || file; }
  graph::Policy load(const Network& network,
                     graph::Activations activations = graph::Activations::kInteger) const;
};

struct HardwareOption {
  std::string name;
  std::optional<std::string> batch;
  std::optional<std::string> energy_table = {};
  void add_to(CLI::App& command,
              const std::string& batch_help = "images priced together (the hardware's own batch)");
  void add_energy_table_to(CLI::App& command);
  /// The hardware; its batch is `--batch` where that is given, its energy constants those of
  /// `--energy-table` as far as that has them.
  hardware::Hardware load() const;
};

/// The value of `--option` as a whole number in [min, max]; a UserError names option and text.
std::int64_t parse_integer(std::string_view option, std::string_view text, std::int64_t min,
                           std::int64_t max);

}  // namespace bitloom::cli
