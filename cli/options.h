#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/choices.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// Options that several commands share, and what they stand for.
namespace bitloom::cli {

using pipelines::Network;

/// Has each value of `option` looked at as it is read: what is wrong with a value comes before an
/// option that is missing. `look` throws a UserError; of an unknown name it need not say the
/// option.
CLI::Option* look_at(CLI::Option* option, std::function<void(const std::string&)> look);

struct NetworkOption {
  std::string name;
  std::optional<std::string> image_size;
  std::optional<std::string> classes;
  std::vector<std::string> inputs = {};
  /// `flag` is `--network`, or `name` where the network is the command's object.
  CLI::Option* add_to(CLI::App& command, const std::string& flag = "--network");
  pipelines::NetworkChoice choice() const;
  Network load() const;
};

/// What is priced: `--network`, or `--layers-csv`, a table of layers.
struct LayersOption {
  NetworkOption network;
  std::optional<std::string> table;
  /// `flag` as NetworkOption has it.
  void add_to(CLI::App& command, const std::string& flag = "--network");
  bool is_given() const { return table || !network.name.empty(); }
  /// A UserError where neither is given, or both.
  pipelines::NetworkChoice choice() const;
  Network load() const;

 private:
  std::string command_;  // as complaints name it
  std::string flag_ = "--network";
};

/// `--bits`, `--policy`, `--edge-layers`: the bits of every layer.
struct PolicyOptions {
  std::optional<std::string> bits;
  std::optional<std::string> file;
  std::optional<std::string> edge_layers;
  graph::Activations activations = graph::Activations::kInteger;
  void add_to(CLI::App& command);
  bool is_given() const { return bits || file; }
  pipelines::PolicyChoice choice() const;
};

/// `--set`: keys of hardware descriptions, where every command that reads one takes them.
void add_settings_to(CLI::App& command, std::vector<std::string>& settings);

/// `--energy-table`: a file with constants in place of those of the hardware.
void add_energy_table_to(CLI::App& command, std::optional<std::string>& file);

struct HardwareOption {
  std::string name;
  std::optional<std::string> batch;
  std::optional<std::string> energy_table = {};
  std::vector<std::string> settings = {};
  void add_to(CLI::App& command,
              const std::string& batch_help = "images priced together (the hardware's own batch)");
  pipelines::HardwareChoice choice() const;
  /// The hardware with its settings; its batch is `--batch` where that is given, its energy
  /// constants those of `--energy-table` as far as that has them.
  hardware::Hardware load() const;
};

/// `--layers`: what it names between its commas.
std::vector<std::string> parse_layers(const std::optional<std::string>& text);

/// A seed: a whole number of at least 0.
std::uint64_t parse_seed(std::string_view option, std::string_view text);

/// `--batch`: how many images are priced together.
std::int64_t parse_batch(std::string_view text);

/// A UserError where `name` is no file and no hardware has that name.
void look_for_hardware(const std::string& name);

/// The value of `--option` as a whole number in [min, max]; a UserError names option and text.
std::int64_t parse_integer(std::string_view option, std::string_view text, std::int64_t min,
                           std::int64_t max);

}  // namespace bitloom::cli
