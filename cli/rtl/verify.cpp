#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/rtl/verify_command.h"
#include "models/onnx/import.h"
#include "pipelines/rtl/verify.h"
#include "reports/text/verification.h"

namespace bitloom::cli {
namespace {

constexpr int kMismatch = 1;  // exit code
constexpr const char* kMismatchFile = "mismatch.fst";

struct VerifyOptions {
  HardwareOption hardware;
  LayersOption of;
  PolicyOptions policy;
  std::optional<std::string> layers;
  std::optional<std::string> random;
  std::optional<std::string> weights;
  std::optional<std::string> data;
  std::optional<std::string> post_training;
  std::string seed = "1";
  std::optional<std::string> stalls;
  std::optional<std::string> trace;
  std::optional<std::string> rtl;
  std::optional<std::string> mismatch;
  std::optional<std::string> dump;
  std::optional<std::string> json;
};

/// A file of ONNX has its own, for images that are given.
std::optional<std::string> weights_of(const VerifyOptions& options) {
  if (!options.weights && options.data && onnx::is_model_file(options.of.network.name))
    return options.of.network.name;
  return options.weights;
}

std::optional<pipelines::NetworkToVerify> network_of(const VerifyOptions& options) {
  const std::optional<std::string> weights = weights_of(options);
  if (weights.has_value() != options.data.has_value())
    throw UserError("--weights and --data: real tensors need both");
  if (options.post_training && !weights)
    throw UserError("--ptq: chooses the levels of real tensors: add --weights and --data");
  if (options.of.is_given()) {
    if (options.of.table && weights)
      throw UserError("--layers-csv: a table has no weights: --weights and --data need --network");
    pipelines::NetworkToVerify network{.network = options.of.choice(),
                                       .policy = options.policy.choice(),
                                       .layers = parse_layers(options.layers)};
    if (weights) network.tensors = {*weights, *options.data, options.post_training};
    return network;
  }
  if (weights) throw UserError("--weights and --data belong to a network: add --network");
  if (options.layers || options.policy.is_given() || options.policy.edge_layers)
    throw UserError(
        "--layers, --bits, --policy and --edge-layers choose from a network: add --network");
  const NetworkOption& network = options.of.network;
  if (network.image_size || network.classes || !network.inputs.empty() || options.hardware.batch)
    throw UserError(
        "--image-size, --classes, --input and --batch are a network's, and random layers have "
        "their own: add --network");
  return std::nullopt;
}

pipelines::VerifyOptions choice(const VerifyOptions& options) {
  constexpr std::int64_t kMostRandom = 1'000'000;
  pipelines::VerifyOptions choice{.hardware = options.hardware.choice(),
                                  .network = network_of(options),
                                  .seed = parse_seed("--seed", options.seed),
                                  .trace = options.trace,
                                  .rtl = options.rtl,
                                  .mismatch = options.mismatch,
                                  .dump = options.dump};
  if (options.rtl && !options.mismatch) choice.mismatch = kMismatchFile;
  if (options.stalls) choice.stall_seed = parse_seed("--stalls", *options.stalls);
  if (options.rtl && !options.stalls) choice.stall_seed = choice.seed;
  if (options.random)
    choice.random =
        static_cast<std::size_t>(parse_integer("--random", *options.random, 1, kMostRandom));
  return choice;
}

void require_names(const VerifyOptions& options) {
  const std::pair<const char*, const std::optional<std::string>*> folders[] = {
      {"--rtl", &options.rtl}, {"--dump", &options.dump}};
  for (const auto& [option, text] : folders)
    if (*text && (*text)->empty())
      throw UserError(fmt::format("{} '': an empty text is no folder's name", option));
  if (options.trace && options.mismatch)
    throw UserError(
        "--mismatch and --trace: the waveform of all that runs has the mismatch, too; "
        "leave one out");
}

int run(const VerifyOptions& options) {
  require_names(options);
  const pipelines::VerifyOptions asked = choice(options);
  Destination json(options.json);
  const auto [verdicts, seconds, written] = pipelines::verify(asked, host());
  if (json.wanted()) json.write(reports::json_text(verdicts));
  json.finish();
  if (!json.is_standard_output())
    print(reports::verification_text(verdicts, seconds, output_width()));
  if (options.json && !json.is_standard_output())
    print(fmt::format("written: {}, the verdicts as JSON\n", *options.json));
  for (const std::string& line : written)
    (json.is_standard_output() ? std::cerr << line << "\n" : std::cout << line << "\n");
  return verdicts.passed ? 0 : kMismatch;
}

void add_rtl_options(CLI::App& command, VerifyOptions& options) {
  command
      .add_option("--rtl", options.rtl,
                  "verify a changed copy of the RTL: files of DIR take the places of bitloom's of "
                  "the same names")
      ->type_name("DIR");
  command
      .add_option(
          "--stalls", options.stalls,
          "run each layer a second time, with streams that wait at random (not run; with --rtl: "
          "as --seed)")
      ->type_name("SEED");
  command
      .add_option("--mismatch", options.mismatch,
                  "the waveform around the first mismatch, if there is one (with --rtl: "
                  "mismatch.fst)")
      ->type_name("FILE.fst");
  command
      .add_option("--dump", options.dump,
                  "the layers as a SystemVerilog testbench, with stimulus and expected results")
      ->type_name("DIR");
  command
      .add_option("--trace", options.trace,
                  "the waveform of all that runs; builds a tracing core first")
      ->type_name("FILE.fst");
}

}  // namespace

void add_verify(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = program.add_subcommand(
      "verify",
      "run layers on the Verilated RTL: values against a reference, cycles against both "
      "engines");
  options->hardware.add_to(*command, "images run together (1)");
  options->of.add_to(*command);
  options->policy.add_to(*command);
  command
      ->add_option("--layers", options->layers,
                   "only these: indices, ranges, names, patterns, such as 0,3-7,18-,layer1.* (all)")
      ->type_name("LIST");
  command
      ->add_option("--weights", options->weights,
                   "the network's own weights, calibrated or to be calibrated at --bits: real "
                   "tensors instead of random ones (with --data: the file of --network, if that "
                   "is of ONNX)")
      ->type_name("FILE");
  command
      ->add_option("--data", options->data,
                   "images that the network reads: cifar10:FILE, images:labels.csv, shapes32, ...")
      ->type_name("DATA");
  command
      ->add_option("--ptq", options->post_training,
                   "choose the levels of --weights without training, for few bits: fast, good or "
                   "best, as bitloom calibrate does (none)")
      ->type_name("NAME");
  command
      ->add_option("--random", options->random,
                   "random layers of all kinds, widths and codings (100 without a network)")
      ->type_name("COUNT");
  command->add_option("--seed", options->seed, "of random layers and tensors (1)")
      ->type_name("SEED");
  add_rtl_options(*command, *options);
  command
      ->add_option("--json", options->json,
                   "the verdicts as JSON, of either family; - is standard output")
      ->type_name("FILE");
  set_action(*command, [options, &exit_code] { exit_code = run(*options); });
}

}  // namespace bitloom::cli
