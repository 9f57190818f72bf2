#include <memory>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "pipelines/describe.h"
#include "reports/hardware_json.h"

namespace bitloom::cli {
namespace {

struct DescribeOptions {
  LayersOption network;
  std::string hardware;
  std::vector<std::string> settings;
  PolicyOptions policy;
  std::optional<std::string> json;
};

void deliver(const std::optional<std::string>& path, const std::string& json,
             const std::string& text) {
  Destination destination(path);
  if (destination.wanted()) destination.write(json);
  if (!destination.is_standard_output()) print(text);
  destination.finish();
}

void describe_network(const DescribeOptions& options) {
  const reports::NetworkDescription description =
      pipelines::describe(options.network.choice(), options.policy.choice(), host());
  deliver(options.json, reports::network_json(description),
          reports::network_text(description, output_width()));
}

void describe_hardware(const DescribeOptions& options) {
  constexpr std::size_t kReadable = 100;
  const hardware::Hardware hardware = pipelines::load(
      pipelines::HardwareChoice{.name = options.hardware, .settings = options.settings}, host());
  deliver(options.json, json_text(reports::hardware_json(hardware), 2) + "\n",
          reports::hardware_text(hardware, std::min(output_width(), kReadable)));
}

void add_json(CLI::App& command, DescribeOptions& options) {
  command.add_option("--json", options.json, "write it as JSON; - is standard output")
      ->type_name("FILE");
}

}  // namespace

void add_describe(CLI::App& program) {
  auto options = std::make_shared<DescribeOptions>();
  CLI::App* command = program.add_subcommand("describe", "one network or hardware in detail");
  command->require_subcommand(1);

  CLI::App* network = command->add_subcommand(
      "network", "layers, shapes, MACs, parameters; weight size and BOPs at given bits");
  options->network.add_to(*network, "name");
  options->policy.add_to(*network);
  add_json(*network, *options);
  set_action(*network, [options] { describe_network(*options); });

  CLI::App* hardware = command->add_subcommand(
      "hardware", "every knob with unit, range and value; peak, area, sources of energies");
  look_at(hardware->add_option("name", options->hardware, "a name or a YAML file")
              ->required()
              ->type_name("NAME|FILE"),
          look_for_hardware);
  add_settings_to(*hardware, options->settings);
  add_json(*hardware, *options);
  set_action(*hardware, [options] { describe_hardware(*options); });
}

}  // namespace bitloom::cli
