#include <memory>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "pipelines/describe.h"
#include "pipelines/training_settings.h"
#include "reports/hardware_json.h"

namespace bitloom::cli {
namespace {

constexpr std::size_t kReadable = 100;  // columns of a line

struct DescribeOptions {
  LayersOption network;
  std::string hardware;
  std::string recipe;
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
  const hardware::Hardware hardware = pipelines::load(
      pipelines::HardwareChoice{.name = options.hardware, .settings = options.settings}, host());
  deliver(options.json, json_text(reports::hardware_json(hardware), 2) + "\n",
          reports::hardware_text(hardware, std::min(output_width(), kReadable)));
}

void describe_recipe(const DescribeOptions& options) {
  pipelines::TrainingSettings recipe = pipelines::load_recipe(options.recipe, {}, host());
  const auto show = [&](FieldVisitor& visitor) { recipe.show(visitor); };
  const std::string path = pipelines::recipe_path(options.recipe, host());
  deliver(options.json, json_text(reports::fields_json(show), 2) + "\n",
          reports::fields_text(show, std::min(output_width(), kReadable)) +
              "\nWhere each value is from: comments of\n" + path + "\n");
}

void add_json(CLI::App& command, DescribeOptions& options) {
  command.add_option("--json", options.json, "write it as JSON; - is standard output")
      ->type_name("FILE");
}

}  // namespace

void add_describe(CLI::App& program) {
  auto options = std::make_shared<DescribeOptions>();
  CLI::App* command =
      program.add_subcommand("describe", "one network, hardware or recipe in detail");
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

  CLI::App* recipe = command->add_subcommand(
      "recipe", "every setting of a recipe for training, with its range and meaning");
  look_at(recipe->add_option("name", options->recipe, "a name or a YAML file")
              ->required()
              ->type_name("NAME|FILE"),
          [](const std::string& name) { pipelines::recipe_path(name, host()); });
  add_json(*recipe, *options);
  set_action(*recipe, [options] { describe_recipe(*options); });
}

}  // namespace bitloom::cli
