#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/graph/workload_formats.h"
#include "models/onnx/import.h"
#include "pipelines/export.h"
#include "pipelines/policy_files.h"
#include "reports/text/text_table.h"

namespace bitloom::cli {
namespace {

struct ExportOptions {
  NetworkOption network;
  std::optional<std::string> weights;
  PolicyOptions policy;
  std::optional<std::string> like;
  std::string format = "onnx";
  std::string output;
};

bool is_format_of_policies(std::string_view name) {
  const auto& formats = policies::formats();
  return std::any_of(formats.begin(), formats.end(),
                     [&](const policies::Format& format) { return format.name == name; });
}

/// Null where the name is not that of a simulator's format.
const graph::WorkloadFormat* workload_format(std::string_view name) {
  for (const graph::WorkloadFormat& each : graph::workload_formats())
    if (each.name == name) return &each;
  return nullptr;
}

/// A UserError lists the formats of networks, of policies and of simulators.
void look_for_format(const std::string& name) {
  if (is_format_of_policies(name) || workload_format(name)) return;
  std::vector<std::string> known{"onnx", "qonnx", "qdq"};
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  for (const policies::Format& each : policies::formats()) known.emplace_back(each.name);
  for (const graph::WorkloadFormat& each : graph::workload_formats()) known.emplace_back(each.name);
  throw unknown_name("format", name, known);
}

std::string other_formats() {
  std::string text;
  for (const policies::Format& each : policies::formats())
    text += fmt::format("; {}: {}", each.name, each.doc);
  for (const graph::WorkloadFormat& each : graph::workload_formats())
    text += fmt::format("; {}: {}", each.name, each.doc);
  return text;
}

void run_for_policy(const ExportOptions& options) {
  if (options.weights)
    throw UserError(
        fmt::format("--weights goes with a network, not with --format {}", options.format));
  if (!options.policy.is_given())
    throw UserError(fmt::format("--format {}: --policy or --bits is required", options.format));
  Destination destination(options.output);
  const pipelines::ExportedPolicy exported =
      pipelines::export_policy({.network = options.network.choice(),
                                .policy = options.policy.choice(),
                                .format = options.format,
                                .like = options.like},
                               host());
  destination.write(exported.text);
  if (!destination.is_standard_output())
    print(reports::wrapped(fmt::format("{}: bits of {} layers of {} for {}", options.output,
                                       exported.layers, options.network.name, options.format),
                           output_width(), ""));
  destination.finish();
}

void run_for_simulator(const ExportOptions& options, const graph::WorkloadFormat& format) {
  if (options.weights || options.like)
    throw UserError(fmt::format("--weights and --like do not go with --format {}", format.name));
  if ((options.policy.is_given() || options.policy.edge_layers) && !format.takes_bits)
    throw UserError(
        fmt::format("--format {}: has no bits; --policy, --bits and --edge-layers do "
                    "not go with it",
                    format.name));
  const Network network = options.network.load();
  graph::Policy policy;
  if (options.policy.is_given()) policy = pipelines::load(options.policy.choice(), network);
  const std::vector<graph::WorkloadText> files = format.write(network.layers, policy);
  const std::string what = fmt::format("{}: {} layers of {} for {}", options.output,
                                       network.layers.size(), options.network.name, format.name);
  if (!format.is_folder) {
    Destination destination(options.output);
    destination.write(files.front().text);
    if (!destination.is_standard_output()) print(reports::wrapped(what, output_width(), ""));
    destination.finish();
    return;
  }
  require_folder("-o", options.output);
  const std::filesystem::path folder = options.output;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    throw UserError(fmt::format("-o: {}: cannot be made: {}", options.output, failure.message()));
  for (const graph::WorkloadText& file : files)
    write_file((folder / file.name).string(), file.text);
  print(reports::wrapped(what, output_width(), ""));
}

void run_for_network(const ExportOptions& options) {
  if (options.policy.is_given() || options.policy.edge_layers || options.like)
    throw UserError(fmt::format(
        "--policy, --bits, --edge-layers and --like go with formats of policies, not with "
        "--format {}: weights that calibrate wrote have their bits",
        options.format));
  const onnx::Format format = onnx::parse_format(options.format);
  if (!onnx::is_model_file(options.output))
    throw UserError(fmt::format("-o {}: must end in .onnx", options.output));
  OutputFile output(options.output);
  const pipelines::Exported exported = pipelines::export_network(
      {.network = options.network.choice(), .weights = options.weights, .format = format}, host());
  output.write(exported.bytes);
  const std::string what =
      fmt::format("{}: {} as {}: {} layers, {} parameters{}, {:.2f} MB", options.output,
                  options.network.name, options.format, exported.layers, exported.parameters,
                  options.weights ? "" : " that are 0 (no --weights)",
                  static_cast<double>(exported.bytes.size()) * 1e-6);
  print(reports::wrapped(what, output_width(), ""));
  output.commit();
}

void run(const ExportOptions& options) {
  if (is_format_of_policies(options.format))
    run_for_policy(options);
  else if (const graph::WorkloadFormat* format = workload_format(options.format))
    run_for_simulator(options, *format);
  else
    run_for_network(options);
}

}  // namespace

void add_export(CLI::App& program) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = program.add_subcommand(
      "export",
      "a network as a file of ONNX, QONNX or QDQ; its bits for HAQ, NNCF, AIMET or HAWQ; its "
      "layers for SCALE-Sim, ZigZag or Timeloop");
  options->network.add_to(*command);
  command
      ->add_option("--weights", options->weights,
                   "its weights: a safetensors file; of qonnx and qdq one that calibrate wrote "
                   "(zeros, fit for prices)")
      ->type_name("FILE");
  look_at(command
              ->add_option("--format", options->format,
                           "onnx: single precision; qonnx: Quant at both operands of each layer; "
                           "qdq: QuantizeLinear and DequantizeLinear, 8 bits or fewer" +
                               other_formats() + " (onnx)")
              ->type_name("FORMAT"),
          look_for_format);
  options->policy.add_to(*command);
  command
      ->add_option(
          "--like", options->like,
          "with nncf and aimet, which need it: a file of theirs for this network, of which "
          "everything but bits is kept")
      ->type_name("FILE");
  command->add_option("-o,--output", options->output, "the file; with timeloop a folder")
      ->required()
      ->type_name("FILE");
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
