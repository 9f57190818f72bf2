// Layers of a network for SCALE-Sim, ZigZag and Timeloop.
#include "models/graph/workload_formats.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace bitloom::graph {
namespace {

constexpr const char* kTwoActivations = "a product of two activations has no weights";

std::vector<std::string> names_where(const std::vector<LayerShape>& layers,
                                     bool (*holds)(const LayerShape&)) {
  std::vector<std::string> names;
  for (const LayerShape& layer : layers)
    if (holds(layer)) names.push_back(layer.name);
  return names;
}

bool has_no_weights(const LayerShape& layer) { return !layer.has_weights(); }

bool is_grouped_otherwise(const LayerShape& layer) {
  return layer.groups != 1 && layer.groups != layer.in_channels;
}

bool has_two_strides(const LayerShape& layer) { return layer.stride.height != layer.stride.width; }

/// Whether SCALE-Sim would take the name for a depthwise layer's, or for two columns.
bool is_misread(const LayerShape& layer) {
  const bool is_depthwise = layer.groups != 1;
  return layer.name.find(',') != std::string::npos || layer.name.find('"') != std::string::npos ||
         (!is_depthwise && layer.name.find("DP") != std::string::npos);
}

/// `layer`, a name that a file may have.
std::string file_name_of(const std::string& layer) {
  std::string name = layer;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

constexpr std::string_view kTimeloopShape =
    "  shape:\n"
    "    name: Grouped\n"
    "    dimensions: [G, C, M, R, S, N, P, Q]\n"
    "    coefficients:\n"
    "    - {name: Wstride, default: 1}\n"
    "    - {name: Hstride, default: 1}\n"
    "    - {name: Wdilation, default: 1}\n"
    "    - {name: Hdilation, default: 1}\n"
    "    data_spaces:\n"
    "    - name: Weights\n"
    "      projection: [[[G]], [[C]], [[M]], [[R]], [[S]]]\n"
    "    - name: Inputs\n"
    "      projection: [[[N]], [[G]], [[C]], [[R, Wdilation], [P, Wstride]], "
    "[[S, Hdilation], [Q, Hstride]]]\n"
    "    - name: Outputs\n"
    "      projection: [[[N]], [[G]], [[M]], [[Q]], [[P]]]\n"
    "      read_write: True\n";

std::string timeloop_problem_of(const LayerShape& layer) {
  return fmt::format(
      "problem:\n  version: 0.4\n  instance: {{G: {}, C: {}, M: {}, R: {}, S: {}, N: 1, P: {}, "
      "Q: {}, Wstride: {}, Hstride: {}}}\n{}",
      layer.groups, layer.in_channels / layer.groups, layer.out_channels / layer.groups,
      layer.kernel.width, layer.kernel.height, layer.output.width, layer.output.height,
      layer.stride.width, layer.stride.height, kTimeloopShape);
}

}  // namespace

const std::vector<WorkloadFormat>& workload_formats() {
  static const std::vector<WorkloadFormat> table{
      {"scalesim", "a topology of SCALE-Sim, CSV, without bits", false, false, write_topology},
      {"zigzag", "a workload of ZigZag, YAML, with bits where they are given", false, true,
       write_zigzag},
      {"timeloop", "a folder of Timeloop's problems, a YAML a layer, without bits", true, false,
       write_timeloop}};
  return table;
}

void refuse_layers(std::string_view format, std::string_view why,
                   const std::vector<std::string>& names) {
  if (names.empty()) return;
  constexpr std::size_t kShown = 8;
  const std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, names.size())));
  throw UserError(fmt::format(
      "{}: cannot say layers '{}'{}: {}", format, fmt::join(shown, "', '"),
      names.size() > kShown ? fmt::format(" and {} more", names.size() - kShown) : "", why));
}

Extent reached_input(const LayerShape& layer) {
  return {(layer.output.height - 1) * layer.stride.height + layer.kernel.height,
          (layer.output.width - 1) * layer.stride.width + layer.kernel.width};
}

std::vector<WorkloadText> write_topology(const std::vector<LayerShape>& layers, const Policy&) {
  refuse_layers("scalesim", kTwoActivations, names_where(layers, has_no_weights));
  refuse_layers("scalesim", "it has depthwise layers, and no other groups",
                names_where(layers, is_grouped_otherwise));
  refuse_layers("scalesim", "it has one stride for both sides",
                names_where(layers, has_two_strides));
  refuse_layers("scalesim", "a name must have no comma, and DP in depthwise layers' alone",
                names_where(layers, is_misread));
  std::string text =
      "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
      "Strides,\n";
  for (const LayerShape& layer : layers) {
    const Extent input = reached_input(layer);
    const bool is_depthwise = layer.groups != 1;
    const bool is_marked = !is_depthwise || layer.name.find("DP") != std::string::npos;
    text += fmt::format("{}{}, {}, {}, {}, {}, {}, {}, {},\n", layer.name, is_marked ? "" : "_DP",
                        input.height, input.width, layer.kernel.height, layer.kernel.width,
                        layer.in_channels, layer.out_channels / layer.groups, layer.stride.height);
  }
  return {{"", text}};
}

std::vector<WorkloadText> write_timeloop(const std::vector<LayerShape>& layers, const Policy&) {
  refuse_layers("timeloop", kTwoActivations, names_where(layers, has_no_weights));
  std::vector<WorkloadText> files;
  std::set<std::string> names;
  for (const LayerShape& layer : layers) {
    const std::string name = file_name_of(layer.name);
    if (!names.insert(name).second)
      refuse_layers("timeloop", "another layer's file has that name", {layer.name});
    files.push_back({name + ".yaml", timeloop_problem_of(layer)});
  }
  return files;
}

}  // namespace bitloom::graph
