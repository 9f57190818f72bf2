#include <limits>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/host.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/learn_options.h"
#include "cli/output.h"
#include "pipelines/learn/sensitivity.h"
#include "reports/text/sensitivity.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::cli {
namespace {

struct SensitivityOptions {
  NetworkOption network;
  WeightsOption weights;
  std::string method = "fisher", quantizer = "uniform";
  ImagesOption data;
  RunOptions run;
  std::string probes = "300", relative_error = "0.05", seed = "0", most_bits = "8";
  std::string output;
};

/// Each method with what it measures.
std::string methods_text() {
  std::string text;
  for (const search::SensitivityMethod& method : search::sensitivity_methods())
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", method.name, method.doc);
  return text + " (fisher)";
}

void run(const SensitivityOptions& options) {
  const std::string weights = options.weights.of(options.network);
  require_different_files({{"--output", options.output}}, {{"--weights", weights}});
  const auto [sensitivity, images] = pipelines::measure_sensitivity(
      {.network = options.network.choice(),
       .weights = weights,
       .data = options.data.choice(),
       .method = options.method,
       .quantizer = options.quantizer,
       .compute = options.run.choice(),
       .probes = parse_integer("--probes", options.probes, 30, 1'000'000),
       .relative_error = parse_real("--relative-error", options.relative_error, 0, 1),
       .seed = static_cast<std::uint64_t>(
           parse_integer("--seed", options.seed, 0, std::numeric_limits<std::int32_t>::max())),
       .most_bits = static_cast<int>(parse_integer("--most-bits", options.most_bits, 1, 16)),
       .output = options.output},
      host());
  print(fmt::format("{} of {} by {}, {} images of {}, quantizer {}\n\n", options.method,
                    options.network.name, weights, images, options.data.spec,
                    sensitivity.quantizer) +
        reports::sensitivity_text(sensitivity, output_width()) +
        fmt::format("\nwritten to {}\n", options.output));
}

}  // namespace

void add_sensitivity(CLI::App& program) {
  auto options = std::make_shared<SensitivityOptions>();
  CLI::App* command =
      program.add_subcommand("sensitivity", "how much the loss minds each layer's bits");
  options->network.add_to(*command);
  options->weights.add_to(*command, "its weights: a safetensors file");
  options->data
      .add_to(
          *command, "",
          "images to measure on, not those that report accuracy; 512 of them by fisher, 128 else")
      ->required();
  command->add_option("--method", options->method, methods_text())->type_name("NAME");
  command->add_option("--quantizer", options->quantizer, "whose error Omega is of (uniform)")
      ->type_name("NAME");
  command->add_option("--most-bits", options->most_bits, "widths 1 to N are tabulated (8)")
      ->type_name("N");
  command->add_option("--probes", options->probes, "of the trace: at most, 30 at least (300)")
      ->type_name("N");
  command
      ->add_option("--relative-error", options->relative_error,
                   "standard error of every layer's trace at which probing ends (0.05)")
      ->type_name("X");
  command->add_option("--seed", options->seed, "of random probes and starts (0)")->type_name("N");
  options->run.add_to(*command, "128");
  command
      ->add_option("-o,--output", options->output,
                   "the figures as JSON, for `bitloom search`; a .partial beside it lets an "
                   "interrupted measurement go on")
      ->required()
      ->type_name("FILE");
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
