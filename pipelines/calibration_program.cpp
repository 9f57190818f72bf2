#include "pipelines/calibration_program.h"

#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "base/processes.h"
#include "base/temporary_file.h"
#include "pipelines/programs.h"

namespace bitloom::pipelines {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream rest(text);
  for (std::string line; std::getline(rest, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::vector<std::string> arguments_of(const CalibrationRequest& request) {
  const auto& [network, policy, weights, data, output] = request;
  const auto& [name, image_size, table, classes, inputs] = network;
  ensure(!table, "what is calibrated has weights, which a table of layers has not");
  const auto& [bits, file, edge_layers, of_model] = policy;
  std::vector<std::string> arguments{"calibrate", "--quiet", "--network", name, "--weights",
                                     weights,     "--data",  data,        "-o", output};
  const auto add = [&](const char* option, const std::string& value) {
    arguments.insert(arguments.end(), {option, value});
  };
  if (bits) add("--bits", graph::to_text(*bits));
  if (of_model) add("--bits", "model");
  if (file) add("--policy", *file);
  if (edge_layers) add("--edge-layers", graph::to_text(*edge_layers));
  if (image_size) add("--image-size", to_text(*image_size));
  if (classes) add("--classes", std::to_string(*classes));
  for (const auto& [input, shape] : inputs)
    add("--input", fmt::format("{}={}", input, fmt::join(shape, ",")));
  return arguments;
}

void calibrate_by_program(const CalibrationRequest& request, const Host& host) {
  const TemporaryFile said(".txt");
  std::vector<std::string> command = arguments_of(request);
  command.insert(command.begin(), path_of(kLearnProgram));
  const ProcessEnd end = [&] {
    try {
      return run_program(command, OutputToFile{said.path(), true});
    } catch (const UserError& absent) {
      throw absent.with_text(fmt::format("{}; it is built {}", absent.what(), kLearnProgram.needs));
    }
  }();
  const std::vector<std::string> lines = lines_of(read_file(said.path()));
  if (!end.succeeded()) throw UserError(lines.empty() ? "bitloom calibrate failed" : lines.back());
  if (host.warning)
    for (const std::string& line : lines) host.warning(line);
}

}  // namespace bitloom::pipelines
