#include "cli/learn/learn_options.h"

#include <limits>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "models/data/dataset.h"
#include "models/data/normalization.h"
#include "models/onnx/import.h"
#include "models/quantizers/quantizer_table.h"
#include "models/torch/post_training/post_training_table.h"

namespace bitloom::cli {
namespace {

/// Of `--quantizer`.
constexpr const char* kQuantizerHelp =
    "how: NAME, or weights=NAME,activations=NAME (see `bitloom list quantizers`; uniform)";

}  // namespace

CLI::Option* ImagesOption::add_to(CLI::App& command, const std::string& prefix,
                                  const std::string& help, const std::string& taken) {
  flag = fmt::format("--{}data", prefix);
  const std::string see = prefix.empty() ? " (see `bitloom list data`)" : "";
  CLI::Option* data = command.add_option(flag, spec, help + see)->type_name("DATA");
  look_at(data, data::require_known_source);
  command
      .add_option(fmt::format("--{}split", prefix), split, "only the indices that FILE lists (all)")
      ->type_name("FILE");
  command
      .add_option(fmt::format("--{}images", prefix), count,
                  fmt::format("only N of them, of each class its share ({})", taken))
      ->type_name("N");
  return data;
}

pipelines::ImageChoice ImagesOption::choice() const {
  pipelines::ImageChoice choice{.spec = spec, .split = split, .option = flag};
  const std::string prefix = flag.substr(0, flag.size() - std::string_view("data").size());
  if (count)
    choice.count =
        parse_integer(prefix + "images", *count, 1, std::numeric_limits<std::int32_t>::max());
  return choice;
}

std::optional<pipelines::ImageChoice> ImagesOption::optional_choice() const {
  if (!spec.empty()) return choice();
  const std::string prefix = flag.substr(0, flag.size() - std::string_view("data").size());
  if (split || count)
    throw UserError(fmt::format("{0}split and {0}images belong to {1}", prefix, flag));
  return std::nullopt;
}

void WeightsOption::add_to(CLI::App& command, const std::string& help) {
  command.add_option("--weights", file, help + " (the file of --network, if that is of ONNX)")
      ->type_name("FILE");
}

std::string WeightsOption::of(const NetworkOption& network) const {
  if (file) return *file;
  if (!onnx::is_model_file(network.name)) throw CLI::RequiredError("--weights");
  return network.name;
}

void add_normalization_to(CLI::App& command, std::optional<std::string>& normalization) {
  look_at(command
              .add_option("--normalize", normalization,
                          "input normalisation (the network's own): " + data::normalization_help())
              ->type_name("HOW"),
          data::parse_normalization);
}

void add_scheme_to(CLI::App& command, std::optional<std::string>& scheme,
                   std::optional<std::string>& granularity) {
  look_at(command.add_option("--quantizer", scheme, kQuantizerHelp)->type_name("NAME"),
          nn::quantizer_scheme);
  look_at(command
              .add_option("--granularity", granularity,
                          "a range for each layer's weights or for each channel's (the quantizer's "
                          "own)")
              ->type_name("layer|channel"),
          [](const std::string& text) { pipelines::parse_granularity(text); });
}

void add_post_training_to(CLI::App& command, std::optional<std::string>& name) {
  look_at(command
              .add_option("--ptq", name,
                          "choose levels without training, for few bits: fast (seconds), good, or "
                          "best (minutes); see `bitloom list quantizers` (none)")
              ->type_name("NAME"),
          nn::post_training_method);
}

void RunOptions::add_to(CLI::App& command, const std::string& default_batch) {
  add_normalization_to(command, normalization);
  command.add_option("--batch", batch, fmt::format("images computed at once ({})", default_batch))
      ->type_name("N");
  command.add_option("--threads", threads, "processor cores to use (1)")->type_name("N");
}

pipelines::ComputeChoice RunOptions::choice() const {
  pipelines::ComputeChoice choice{
      .threads = static_cast<int>(parse_integer("--threads", threads, 1, 1024))};
  if (batch) choice.batch_size = parse_integer("--batch", *batch, 1, 65536);
  if (normalization) choice.normalization = data::parse_normalization(*normalization);
  return choice;
}

void QuantizationOptions::add_to(CLI::App& command) {
  policy.activations = graph::Activations::kIntegerOrFloat;
  policy.add_to(command);
  add_scheme_to(command, scheme, granularity);
  add_post_training_to(command, post_training);
  calibration.add_to(command, "calibration-",
                     "images that set ranges and correct biases (256 of --data, of those left out "
                     "by --split where scored; of shapes32, of its training images)",
                     "256");
}

pipelines::QuantizationChoice QuantizationOptions::choice() const {
  return {.policy = policy.choice(),
          .scheme = scheme,
          .granularity = parse_granularity(granularity),
          .post_training = post_training,
          .calibration = calibration.optional_choice()};
}

std::optional<pipelines::Granularity> parse_granularity(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return pipelines::parse_granularity(*text);
}

double parse_real(std::string_view option, std::string_view text, double min, double max) {
  const auto number = bitloom::parse_real(text, min, max);
  if (!number)
    throw UserError(
        fmt::format("{} '{}': must be a number in [{:g}, {:g}]", option, excerpt(text), min, max));
  return *number;
}

}  // namespace bitloom::cli
