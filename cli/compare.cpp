#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/engine_option.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "pipelines/compare.h"
#include "reports/text/comparison.h"

namespace bitloom::cli {
namespace {

struct CompareOptions {
  LayersOption network;
  std::vector<std::string> hardware;
  std::vector<std::string> settings;
  std::optional<std::string> energy_table;
  std::vector<std::string> sweep;
  std::optional<std::string> batch;
  std::vector<std::string> policies;
  std::optional<std::string> random;
  std::optional<std::string> seed;
  std::optional<std::string> edge_layers;
  std::string gain = "5";
  EngineOption engine;
  std::optional<std::string> json;
  std::optional<std::string> csv;
};

std::int64_t parse_random(const std::string& text) {
  constexpr std::int64_t kMost = 5000;
  return parse_integer("--random", text, 1, kMost);
}

graph::Precision parse_edge_layers(const std::string& text) {
  return graph::parse_precision("--edge-layers", text);
}

double parse_gain(const std::string& text) {
  const auto gain = bitloom::parse_real(text);
  if (!gain || !(*gain > 0 && *gain < 100))
    throw UserError(
        fmt::format("--gain '{}': must be a percentage above 0 and below 100", excerpt(text)));
  return *gain;
}

/// `4/6`, `model`, or a file.
pipelines::PolicyChoice parse_policy(const std::string& text) {
  const bool is_pair = !text.empty() &&
                       text.find_first_not_of("0123456789/") == std::string::npos &&
                       std::count(text.begin(), text.end(), '/') == 1;
  if (is_pair) return {.bits = graph::parse_precision("--policies", text)};
  pipelines::PolicyChoice of_model;
  of_model.of_model = text == "model";
  if (of_model.of_model) return of_model;
  std::error_code failure;
  if (std::filesystem::exists(text, failure)) return {.file = text};
  throw UserError(fmt::format("--policies '{}': {}", text,
                              text.find(',') == std::string::npos
                                  ? "no such file, and no pair such as 4/4"
                                  : "policies are parted by spaces, such as --policies 4/4 8/8"));
}

pipelines::CompareOptions choice(const CompareOptions& options) {
  pipelines::CompareOptions choice{.network = options.network.choice(),
                                   .hardware = options.hardware,
                                   .gain_percent = parse_gain(options.gain),
                                   .engine = options.engine.choice(),
                                   .settings = options.settings,
                                   .energy_table = options.energy_table};
  if (options.batch) choice.batch = parse_batch(*options.batch);
  for (const std::string& text : options.sweep)
    choice.sweep.push_back(pipelines::parse_swept_key(text));
  for (const std::string& text : options.policies) choice.policies.push_back(parse_policy(text));
  if (options.seed && !options.random)
    throw UserError("--seed: draws the policies of --random, which is not given");
  if (options.random) choice.random.count = parse_random(*options.random);
  if (options.seed) choice.random.seed = parse_seed("--seed", *options.seed);
  if (options.edge_layers) choice.edge_layers = parse_edge_layers(*options.edge_layers);
  return choice;
}

void run(const CompareOptions& options) {
  const pipelines::CompareOptions asked = choice(options);
  Destination json(options.json), csv(options.csv);
  const reports::Comparison result = pipelines::compare(asked, host());
  if (json.wanted()) json.write(reports::comparison_json(result));
  if (csv.wanted()) csv.write(reports::comparison_csv(result));
  if (!json.is_standard_output() && !csv.is_standard_output())
    print(reports::comparison_text(result, output_width()));
  json.finish();
  csv.finish();
}

void add_machines(CLI::App& command, CompareOptions& options) {
  const auto option = [&](const char* name, auto& value, const char* help, const char* type) {
    return command.add_option(name, value, help)->type_name(type);
  };
  look_at(option("--hardware", options.hardware,
                 "names (see `bitloom list hardware`) or YAML files: two or more, or one and "
                 "--sweep",
                 "A,B,...")
              ->required()
              ->delimiter(','),
          look_for_hardware);
  look_at(option("--batch", options.batch, "images priced together (each machine's own)", "N"),
          parse_batch);
  add_settings_to(command, options.settings);
  add_energy_table_to(command, options.energy_table);
  look_at(option("--sweep", options.sweep,
                 "values of a key, such as array.dk=32,64,128: a row a machine with time, energy "
                 "and area, one --hardware being enough; of several, every combination",
                 "KEY=A,B,...")
              ->expected(1)
              ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll),
          pipelines::parse_swept_key);
}

void add_policies(CLI::App& command, CompareOptions& options) {
  const auto option = [&](const char* name, auto& value, const char* help, const char* type) {
    return command.add_option(name, value, help)->type_name(type);
  };
  look_at(option("--policies", options.policies,
                 "pairs such as 4/4 for all layers, model (the bits of a file of ONNX), and files "
                 "as --policy of simulate takes them; these or --random must be given",
                 "W/A|model|FILE ..."),
          parse_policy);
  look_at(option("--random", options.random,
                 "and this many policies with 2 to 8 bits drawn for each operand of each layer (0)",
                 "N"),
          parse_random);
  look_at(option("--seed", options.seed, "of the random policies (1)", "SEED"),
          [](const std::string& text) { parse_seed("--seed", text); });
  look_at(
      option("--edge-layers", options.edge_layers,
             "bits of the first and last layer, such as 8/8, in every policy (as it says)", "W/A"),
      parse_edge_layers);
  look_at(
      option("--gain", options.gain,
             "a bit less pays where it saves this many per cent of what is left (5)", "PERCENT"),
      parse_gain);
}

}  // namespace

void add_compare(CLI::App& program) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = program.add_subcommand(
      "compare", "policies ranked on several machines, and where bits stop paying on each");
  options->network.add_to(*command);
  add_machines(*command, *options);
  add_policies(*command, *options);
  options->engine.add_to(*command);
  command->add_option("--json", options->json, "write the result as JSON; - is standard output")
      ->type_name("FILE");
  command
      ->add_option("--csv", options->csv,
                   "write a row per policy and machine; - is standard output")
      ->type_name("FILE");
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
