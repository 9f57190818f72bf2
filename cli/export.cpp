#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/onnx/import.h"
#include "pipelines/export.h"
#include "reports/text/text_table.h"

namespace bitloom::cli {
namespace {

struct ExportOptions {
  NetworkOption network;
  std::optional<std::string> weights;
  std::string format = "onnx";
  std::string output;
};

void run(const ExportOptions& options) {
  const onnx::Format format = onnx::parse_format(options.format);
  if (!onnx::is_model_file(options.output))
    throw UserError(fmt::format("-o {}: must end in .onnx", options.output));
  require_different_files({{"-o", options.output}}, {{"--weights", options.weights}});
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

}  // namespace

void add_export(CLI::App& program) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = program.add_subcommand("export", "a network as a file of ONNX, QONNX or QDQ");
  options->network.add_to(*command);
  command
      ->add_option("--weights", options->weights,
                   "its weights: a safetensors file; of qonnx and qdq one that calibrate wrote "
                   "(zeros, fit for prices)")
      ->type_name("FILE");
  look_at(command
              ->add_option("--format", options->format,
                           "onnx: single precision; qonnx: Quant at both operands of each layer; "
                           "qdq: QuantizeLinear and DequantizeLinear, 8 bits or fewer (onnx)")
              ->type_name("onnx|qonnx|qdq"),
          [](const std::string& text) { onnx::parse_format(text); });
  command->add_option("-o,--output", options->output, "the file")
      ->required()
      ->type_name("FILE.onnx");
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
