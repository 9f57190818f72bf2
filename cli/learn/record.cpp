#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/action.h"
#include "cli/host.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/learn_options.h"
#include "cli/output.h"
#include "pipelines/learn/record.h"
#include "reports/text/text_table.h"

namespace bitloom::cli {
namespace {

struct RecordOptions {
  NetworkOption network;
  WeightsOption weights;
  std::string data;
  std::string images = "1";
  RunOptions run;
  std::string output;
  bool quiet = false;
};

void run(const RecordOptions& options) {
  constexpr std::int64_t kMostImages = 4096;
  pipelines::RecordOptions asked;
  asked.weights = options.weights.of(options.network);
  asked.network = options.network.choice();
  asked.data.spec = options.data;
  asked.compute = options.run.choice();
  asked.count = parse_integer("--images", options.images, 1, kMostImages);
  asked.output = options.output;
  const pipelines::Recorded recorded = pipelines::record(asked, host());
  if (options.quiet) return;
  print(reports::wrapped(fmt::format("{}: {} of {} layers, {} codes read on {} image{}",
                                     options.output, recorded.layers, recorded.of, recorded.codes,
                                     asked.count, asked.count == 1 ? "" : "s"),
                         output_width(), ""));
}

}  // namespace

void add_record(CLI::App& program) {
  auto options = std::make_shared<RecordOptions>();
  CLI::App* command = program.add_subcommand(
      "record", "the integers that a quantized network's layers read and multiply on images");
  options->network.add_to(*command);
  options->weights.add_to(*command,
                          "a quantized file of ONNX, or a safetensors file that calibrate or "
                          "finetune wrote");
  command->add_option("--data", options->data, "images: cifar10:FILE, images:labels.csv, ...")
      ->required()
      ->type_name("DATA");
  command->add_option("--images", options->images, "so many, from the first on (1)")
      ->type_name("N");
  options->run.add_to(*command, kAtOnceHelp);
  command
      ->add_option("-o,--output", options->output,
                   "weights as integer.<layer>.weights, inputs as record.<layer>.codes")
      ->required()
      ->type_name("FILE");
  command->add_flag("--quiet", options->quiet, "print nothing");
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
