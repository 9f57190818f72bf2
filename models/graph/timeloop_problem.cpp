#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/document.h"
#include "models/graph/contraction.h"
#include "models/graph/workload_file.h"

namespace bitloom::graph {
namespace {

/// A coefficient's name is that of one side of the image: its first letter, W or H.
constexpr const char* kStride = "stride";
constexpr const char* kDilation = "dilation";

/// A term of an index: a loop, and the name of what it is multiplied by; empty: 1.
struct IndexTerm {
  std::string loop, coefficient;
};
using Index = std::vector<IndexTerm>;  // a sum

struct DataSpace {
  std::string name;
  bool is_output = false;
  std::vector<Index> projection;
};

/// A problem's shape: loops, coefficients with their defaults, and what each operand is indexed by.
struct ProblemShape {
  std::vector<std::string> loops;
  std::map<std::string, std::int64_t> coefficients;
  DataSpace weights, inputs, outputs;
};

/// Timeloop's own `cnn-layer`; older files call output channels K.
ProblemShape cnn_layer(const char* channels) {
  return {.loops = {"C", channels, "R", "S", "N", "P", "Q"},
          .coefficients = {{"Wstride", 1}, {"Hstride", 1}, {"Wdilation", 1}, {"Hdilation", 1}},
          .weights = {"Weights", false, {{{"C", ""}}, {{channels, ""}}, {{"R", ""}}, {{"S", ""}}}},
          .inputs = {"Inputs",
                     false,
                     {{{"N", ""}},
                      {{"C", ""}},
                      {{"R", "Wdilation"}, {"P", "Wstride"}},
                      {{"S", "Hdilation"}, {"Q", "Hstride"}}}},
          .outputs = {"Outputs", true, {{{"N", ""}}, {{channels, ""}}, {{"Q", ""}}, {{"P", ""}}}}};
}

/// `[R, Wdilation]`, `[C]` or `C`.
IndexTerm term_of(const DocumentValue& value, const ProblemShape& shape) {
  const std::vector<DocumentValue> parts =
      value.is_sequence() ? value.items() : std::vector<DocumentValue>{value};
  if (parts.empty() || parts.size() > 2)
    throw value.error("must be a loop, or a loop and its coefficient");
  IndexTerm term{parts[0].one_of("dimension", shape.loops), ""};
  if (parts.size() == 1) return term;
  std::vector<std::string> names;
  for (const auto& [name, ignored] : shape.coefficients) names.push_back(name);
  term.coefficient = parts[1].one_of("coefficient", names);
  return term;
}

DataSpace data_space_of(const DocumentValue& value, const ProblemShape& shape) {
  const std::vector<std::string> written{"read-write", "read_write"};
  value.allow_only({"name", "projection", written[0], written[1]});
  DataSpace space{.name = value.at("name").text(), .projection = {}};
  for (const std::string& key : written)
    if (value.has(key)) {
      std::string text = value.at(key).text();
      space.is_output = text == "True" || text == "true";
    }
  for (const DocumentValue& index : value.at("projection").items()) {
    space.projection.emplace_back();
    if (!index.is_sequence()) {
      space.projection.back().push_back(term_of(index, shape));
      continue;
    }
    for (const DocumentValue& term : index.items())
      space.projection.back().push_back(term_of(term, shape));
  }
  return space;
}

/// Whether a data space holds weights: by its name, else the later of the two that are read.
bool holds_weights(const DataSpace& space) { return space.name.starts_with("Weight"); }

ProblemShape shape_of_problem(const DocumentValue& value) {
  value.allow_only({"name", "dimensions", "coefficients", "data-spaces", "data_spaces"});
  ProblemShape shape;
  for (const DocumentValue& loop : value.at("dimensions").items())
    shape.loops.push_back(loop.text());
  if (value.has("coefficients"))
    for (const DocumentValue& each : value.at("coefficients").items()) {
      each.allow_only({"name", "default"});
      shape.coefficients[each.at("name").text()] =
          each.has("default") ? each.at("default").integer(1, kMostTablePixels) : 1;
    }
  const DocumentValue spaces = value.at(value.has("data_spaces") ? "data_spaces" : "data-spaces");
  std::vector<DataSpace> read;
  std::vector<DataSpace> written;
  for (const DocumentValue& each : spaces.items()) {
    DataSpace space = data_space_of(each, shape);
    (space.is_output ? written : read).push_back(std::move(space));
  }
  if (read.size() != 2 || written.size() != 1)
    throw spaces.error(fmt::format(
        "must be two data spaces that are read and one that is written (read-write: True), got {} "
        "and {}",
        read.size(), written.size()));
  if (holds_weights(read.front())) std::swap(read.front(), read.back());
  shape.inputs = std::move(read.front());
  shape.weights = std::move(read.back());
  shape.outputs = std::move(written.front());
  return shape;
}

/// Sizes and coefficients of a problem.
class Instance {
 public:
  Instance(const DocumentValue& value, const ProblemShape& shape) : value_(value), shape_(shape) {}

  std::int64_t loop(const std::string& name) const {
    return value_.at(name).integer(1, kMostTableChannels);
  }
  std::int64_t coefficient(const std::string& name) const {
    if (name.empty()) return 1;
    return value_.has(name) ? value_.at(name).integer(1, kMostTablePixels)
                            : shape_.coefficients.at(name);
  }
  std::optional<std::int64_t> pixels(const std::string& name, std::int64_t min) const {
    if (!value_.has(name)) return std::nullopt;
    return value_.at(name).integer(min, kMostTablePixels);
  }
  void allow_only_known(const std::vector<std::string>& others) const {
    std::vector<std::string> known = shape_.loops;
    for (const auto& [name, ignored] : shape_.coefficients) known.push_back(name);
    known.insert(known.end(), others.begin(), others.end());
    value_.allow_only(known);
  }
  /// Of mixed-precision Timeloops: `bitwidths: {Weights: 4, Inputs: 8, Outputs: 16}`.
  std::optional<Precision> bits() const {
    if (!value_.has("bitwidths")) return std::nullopt;
    const DocumentValue bits = value_.at("bitwidths");
    const auto width = [&](const DataSpace& space) {
      return static_cast<int>(bits.at(space.name).integer(kMinBits, kMaxBits));
    };
    return Precision{width(shape_.weights), width(shape_.inputs)};
  }

 private:
  const DocumentValue& value_;
  const ProblemShape& shape_;
};

void index_loops(const DataSpace& space, bool Contraction::Loop::*in, Contraction& contraction) {
  for (const Index& index : space.projection)
    for (const IndexTerm& term : index) contraction.find(term.loop)->*in = true;
}

/// What of an index the output and the weights make; its input and padding are those of the side
/// that its coefficients name.
Contraction::Window window_of(const DocumentValue& problem, const Index& index,
                              const Instance& instance, Contraction& contraction) {
  if (index.size() != 2)
    throw problem.error(
        fmt::format("an index of the inputs sums {} loops; two are priced", index.size()));
  const bool begins_with_output = contraction.find(index[0].loop)->in_output;
  const IndexTerm& output = index[begins_with_output ? 0 : 1];
  const IndexTerm& kernel = index[begins_with_output ? 1 : 0];
  Contraction::Window window{.output = output.loop,
                             .kernel = kernel.loop,
                             .stride = instance.coefficient(output.coefficient),
                             .dilation = instance.coefficient(kernel.coefficient)};
  const std::string side = output.coefficient.substr(0, 1);
  if (output.coefficient != side + kStride || kernel.coefficient != side + kDilation) return window;
  window.input = instance.pixels(side, 1);
  if (const auto padding = instance.pixels(side + "pad", 0)) window.padding = 2 * *padding;
  return window;
}

Contraction contraction_of_problem(const DocumentValue& problem, const ProblemShape& shape,
                                   const Instance& instance) {
  Contraction contraction{.loops = {}, .images = "N"};
  for (const std::string& loop : shape.loops)
    contraction.loops.push_back({loop, instance.loop(loop)});
  index_loops(shape.outputs, &Contraction::Loop::in_output, contraction);
  index_loops(shape.inputs, &Contraction::Loop::in_first, contraction);
  index_loops(shape.weights, &Contraction::Loop::in_second, contraction);
  for (const Index& index : shape.inputs.projection)
    if (index.size() > 1)
      contraction.windows.push_back(window_of(problem, index, instance, contraction));
  // Timeloop has the width before the height.
  std::reverse(contraction.windows.begin(), contraction.windows.end());
  return contraction;
}

/// The shape that a problem has, or names.
ProblemShape problem_shape(const DocumentValue& problem, const DocumentValue& instance) {
  const DocumentValue shape = problem.at("shape");
  if (shape.is_mapping()) return shape_of_problem(shape);
  shape.one_of("shape", {"cnn-layer", "cnn_layer"});
  return cnn_layer(instance.has("K") ? "K" : "M");
}

}  // namespace

std::vector<LayerRow> read_timeloop(const std::string& network, const DocumentValue& problem) {
  if (!problem.is_mapping()) throw problem.error("must be a mapping with shape and sizes");
  const bool has_instance = problem.has("instance");
  const DocumentValue sizes = has_instance ? problem.at("instance") : problem;
  const ProblemShape shape = problem_shape(problem, sizes);
  const Instance instance(sizes, shape);
  const std::vector<std::string> own{"version", "shape", "name"};
  std::vector<std::string> beside{"H", "W", "Hpad", "Wpad", "densities", "bitwidths"};
  if (has_instance)
    problem.allow_only({"version", "shape", "name", "instance"});
  else
    beside.insert(beside.end(), own.begin(), own.end());
  instance.allow_only_known(beside);
  const Contraction contraction = contraction_of_problem(problem, shape, instance);
  try {
    auto [layer, images] = contracted(contraction);
    layer.name = network;
    LayerRow row{.network = network,
                 .layer = std::move(layer),
                 .precision = instance.bits(),
                 .line = problem.line()};
    if (images > 1) row.batch = images;
    return {std::move(row)};
  } catch (const UserError& misfit) {
    throw misfit.with_text(problem.error(misfit.what()).what());
  }
}

}  // namespace bitloom::graph
