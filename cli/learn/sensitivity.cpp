#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "cli/action.h"
#include "cli/host.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/learn_options.h"
#include "cli/output.h"
#include "models/quantizers/quantizer_table.h"
#include "pipelines/learn/sensitivity.h"
#include "reports/text/sensitivity.h"
#include "reports/text/text_table.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::cli {
namespace {

struct SensitivityOptions {
  NetworkOption network;
  WeightsOption weights;
  std::string method = "fisher";
  std::optional<std::string> quantizer, post_training;
  ImagesOption data;
  RunOptions run;
  std::string seed = "0", most_bits = "8";
  std::optional<std::string> probes, relative_error, least_bits, augmentation;
  bool by_filter = false;
  std::string output;
};

/// Each method with what it measures.
std::string methods_text() {
  std::string text;
  for (const search::SensitivityMethod& method : search::sensitivity_methods())
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", method.name, method.doc);
  return text + " (fisher)";
}

/// How much was done and how long it took: `280 evaluations in 41 s`.
std::string effort_text(const pipelines::MeasuredSensitivity& measured, double seconds) {
  const auto& method = search::find_sensitivity_method(measured.sensitivity.method);
  if (method.unit.empty()) return fmt::format("{:.0f} s", seconds);
  return fmt::format(
      "{} {}{} in {:.0f} s", measured.done, method.unit,
      measured.already ? fmt::format(", {} of them by an earlier run,", measured.already) : "",
      seconds);
}

/// How many images each method takes where none are chosen: `256 of them by divergence, ..`.
std::string images_text() {
  std::map<std::int64_t, std::vector<std::string_view>, std::greater<>> methods;
  for (const search::SensitivityMethod& method : search::sensitivity_methods())
    methods[method.images].push_back(method.name);
  std::vector<std::string> texts;
  for (const auto& [images, names] : methods)
    texts.push_back(fmt::format("{} by {}", images, fmt::join(names, ", ")));
  return fmt::format("{}", fmt::join(texts, "; "));
}

void run(const SensitivityOptions& options) {
  const std::string weights = options.weights.of(options.network);
  const auto start = std::chrono::steady_clock::now();
  const auto width = [](const char* option, const std::string& text) {
    return static_cast<int>(parse_integer(option, text, 1, 16));
  };
  const pipelines::MeasuredSensitivity measured = pipelines::measure_sensitivity(
      {.network = options.network.choice(),
       .weights = weights,
       .data = options.data.choice(),
       .method = options.method,
       .quantizer = options.quantizer,
       .post_training = options.post_training,
       .compute = options.run.choice(),
       .probes = options.probes
                     ? std::optional(parse_integer("--probes", *options.probes, 30, 1'000'000))
                     : std::nullopt,
       .relative_error =
           options.relative_error
               ? std::optional(parse_real("--relative-error", *options.relative_error, 0, 1))
               : std::nullopt,
       .seed = static_cast<std::uint64_t>(
           parse_integer("--seed", options.seed, 0, std::numeric_limits<std::int32_t>::max())),
       .least_bits = options.least_bits ? std::optional(width("--least-bits", *options.least_bits))
                                        : std::nullopt,
       .most_bits = width("--most-bits", options.most_bits),
       .augmentation = options.augmentation
                           ? std::optional(pipelines::parse_augmentation(*options.augmentation))
                           : std::nullopt,
       .by_filter = options.by_filter,
       .output = options.output},
      host());
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  const auto line = [](const std::string& text) {
    return reports::wrapped(text, output_width(), "");
  };
  print(
      line(fmt::format("{} of {} by {}, {} images of {}, quantizer {}", options.method,
                       options.network.name, weights, measured.images, options.data.spec,
                       measured.sensitivity.quantizer)) +
      "\n" + reports::sensitivity_text(measured.sensitivity, output_width()) + "\n" +
      line(fmt::format("{}; written to {}", effort_text(measured, taken.count()), options.output)));
}

}  // namespace

void add_sensitivity(CLI::App& program) {
  auto options = std::make_shared<SensitivityOptions>();
  CLI::App* command =
      program.add_subcommand("sensitivity", "how much the loss minds each layer's bits");
  options->network.add_to(*command);
  options->weights.add_to(*command, "its weights: a safetensors file");
  options->data
      .add_to(*command, "",
              "images to measure on, not those that report accuracy; " + images_text(),
              "as --data says")
      ->required();
  look_at(command->add_option("--method", options->method, methods_text())->type_name("NAME"),
          search::find_sensitivity_method);
  look_at(
      command->add_option("--quantizer", options->quantizer, "whose error Omega is of (uniform)")
          ->type_name("NAME"),
      nn::quantizer_scheme);
  add_post_training_to(*command, options->post_training);
  command
      ->add_option("--least-bits", options->least_bits,
                   "widths from N on are tabulated (1, or 2 where each is measured)")
      ->type_name("N");
  command->add_option("--most-bits", options->most_bits, "and up to N (8)")->type_name("N");
  look_at(
      command
          ->add_option("--augment", options->augmentation,
                       "images where each width is measured. crop: shifted and mirrored; resized: "
                       "random parts; none (crop up to 64 pixels, else resized)")
          ->type_name("HOW"),
      pipelines::parse_augmentation);
  command->add_flag(
      "--by-filter", options->by_filter,
      "each filter of the weights too, for --method kernel-wise of search; by fisher");
  command->add_option("--probes", options->probes, "of the trace: at most, 30 at least (300)")
      ->type_name("N");
  command
      ->add_option("--relative-error", options->relative_error,
                   "standard error of every layer's trace at which probing ends (0.05)")
      ->type_name("X");
  command->add_option("--seed", options->seed, "of random probes, starts and augmentation (0)")
      ->type_name("N");
  options->run.add_to(*command, "128, or 100,000 pixels where each width is measured");
  command
      ->add_option("-o,--output", options->output,
                   "the figures as JSON, for `bitloom search`; a .partial beside it lets an "
                   "interrupted measurement go on")
      ->required()
      ->type_name("FILE");
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
