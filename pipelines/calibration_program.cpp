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

using Arguments = std::vector<std::string>;

void add(Arguments& arguments, const char* option, const std::string& value) {
  arguments.insert(arguments.end(), {option, value});
}

void add_network(Arguments& arguments, const NetworkChoice& network) {
  const auto& [name, image_size, table, classes, inputs, table_text] = network;
  ensure(!table && !table_text, "what is calibrated has weights, which a table of layers has not");
  if (image_size) add(arguments, "--image-size", to_text(*image_size));
  if (classes) add(arguments, "--classes", std::to_string(*classes));
  for (const auto& [input, shape] : inputs)
    add(arguments, "--input", fmt::format("{}={}", input, fmt::join(shape, ",")));
}

/// Whether a command's line is of its own images, where its caller goes on to run them.
bool is_of_unused_images(const std::string& line) {
  return line.starts_with("--data: is not used");
}

/// Runs bitloom-learn; the host hears what it says.
void run_learn(Arguments command, const Host& host) {
  const std::string what = "bitloom " + command.front();
  const TemporaryFile said(".txt");
  command.insert(command.begin(), path_of(kLearnProgram));
  const ProcessEnd end = [&] {
    try {
      return run_program(command, OutputToFile{said.path(), true});
    } catch (const UserError& absent) {
      throw absent.with_text(fmt::format("{}; it is built {}", absent.what(), kLearnProgram.needs));
    }
  }();
  const std::vector<std::string> lines = lines_of(read_file(said.path()));
  if (!end.succeeded()) throw UserError(lines.empty() ? what + " failed" : lines.back());
  if (host.warning)
    for (const std::string& line : lines)
      if (!is_of_unused_images(line)) host.warning(line);
}

}  // namespace

std::vector<std::string> arguments_of(const CalibrationRequest& request) {
  const auto& [network, policy, weights, data, output, post_training] = request;
  const auto& [bits, file, edge_layers, of_model, listed] = policy;
  ensure(!listed, "a policy for another program is in a file");
  Arguments arguments{"calibrate", "--quiet", "--network", network.name, "--weights",
                      weights,     "--data",  data,        "-o",         output};
  if (bits) add(arguments, "--bits", graph::to_text(*bits));
  if (post_training) add(arguments, "--ptq", *post_training);
  if (of_model) add(arguments, "--bits", "model");
  if (file) add(arguments, "--policy", *file);
  if (edge_layers) add(arguments, "--edge-layers", graph::to_text(*edge_layers));
  add_network(arguments, network);
  return arguments;
}

std::vector<std::string> arguments_of(const RecordRequest& request) {
  const auto& [network, weights, data, images, output] = request;
  Arguments arguments{"record", "--quiet", "--network", network.name, "--weights",
                      weights,  "--data",  data,        "--images",   std::to_string(images),
                      "-o",     output};
  add_network(arguments, network);
  return arguments;
}

void calibrate_by_program(const CalibrationRequest& request, const Host& host) {
  run_learn(arguments_of(request), host);
}

void record_by_program(const RecordRequest& request, const Host& host) {
  run_learn(arguments_of(request), host);
}

}  // namespace bitloom::pipelines
