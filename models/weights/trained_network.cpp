#include "models/weights/trained_network.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/shown_name.h"
#include "base/text.h"
#include "models/weights/naming.h"

namespace bitloom::weights {
namespace {

/// Names under which bitloom keeps what belongs to training and quantizers beside the network.
constexpr std::string_view kOwn[] = {"quantizer.", "optimizer.", "integer.", "widths."};

bool is_own(const std::string& name) {
  return std::any_of(std::begin(kOwn), std::end(kOwn),
                     [&](std::string_view start) { return name.rfind(start, 0) == 0; });
}

/// What PyTorch counts beside a network: batches that statistics are of, and networks averaged.
bool is_counter(std::string_view name) {
  return name.ends_with(".num_batches_tracked") || without_wrappers(name) == "n_averaged";
}

/// Of classifiers in the middle of torchvision's Inception and GoogLeNet, for training alone.
bool is_auxiliary(std::string_view name) {
  constexpr std::string_view kAuxiliary[] = {"AuxLogits.", "aux1.", "aux2."};
  return std::any_of(std::begin(kAuxiliary), std::end(kAuxiliary), [&](std::string_view start) {
    return without_wrappers(name).starts_with(start);
  });
}

/// The tensors of parts that only training has; a UserError names one that is nobody's.
std::vector<std::string> left_out_of(const TensorFile& file, const std::vector<std::string>& used,
                                     const std::string& network) {
  std::vector<std::string> left_out;
  for (const std::string& name : file.names()) {
    if (std::find(used.begin(), used.end(), name) != used.end()) continue;
    if (is_own(name) || is_counter(name)) continue;
    if (!is_auxiliary(name))
      throw file.error(fmt::format("tensor '{}' belongs to another network: {} has no such layer",
                                   shown_name(name), network));
    left_out.push_back(name);
  }
  return left_out;
}

/// The first tensors of a file with their shapes, and how many there are.
std::string holdings(const TensorFile& file) {
  constexpr std::size_t kShown = 4;
  const std::vector<std::string> names = file.names();
  if (names.empty()) return "no tensors";
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
    text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", shown_name(names[i]),
                        to_text(file.shape(names[i])));
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return text;
}

void require_positive_variances(const TensorFile& file, const graph::Graph& graph,
                                const Parameters& parameters) {
  for (const ParameterShape& parameter : parameters_of(graph))
    if (parameter.role == ParameterRole::kVariance)
      for (const float value : parameters.at(parameter.name).values)
        if (value < 0)
          throw file.error(fmt::format("'{}' holds {}, a variance must not be negative",
                                       file.stored_name(parameter.name), value));
}

}  // namespace

namespace {

/// Whose padding the weights were trained with: bitloom's own files tell, others by their names.
const Naming& origin_of(const TensorFile& file, const Naming& naming) {
  if (!file.metadata().count(kOriginKey)) return naming;
  const std::string& stored = file.metadata(kOriginKey);
  for (const Naming& each : namings())
    if (each.origin == stored) return each;
  throw file.error(fmt::format("metadata '{}': '{}' is no origin of weights that bitloom knows",
                               kOriginKey, excerpt(stored)));
}

}  // namespace

std::string published_normalization(const std::string& network) {
  const bool is_tensorflows = network.starts_with("mobilenet_v1") || network == "inception_v3";
  return is_tensorflows ? "tensorflow" : "imagenet";
}

TrainedNetwork read_trained(const graph::Graph& graph, const TensorFile& file) {
  for (const Naming& naming : namings()) {
    if (!naming.recognises(graph, file)) continue;
    const Naming& origin = origin_of(file, naming);
    TrainedNetwork trained{origin.adapt(graph), {}, std::string(naming.normalization)};
    trained.origin = origin.origin;
    std::vector<std::string> used;
    trained.parameters = naming.read(trained.graph, file, used);
    trained.left_out = left_out_of(file, used, graph.name());
    require_positive_variances(file, trained.graph, trained.parameters);
    if (file.metadata().count(kNormalizationKey))
      trained.normalization = file.metadata(kNormalizationKey);
    if (trained.normalization.empty())
      trained.normalization = published_normalization(graph.name());
    return trained;
  }
  throw file.error(
      fmt::format("holds no weights of {}: tensor '{}' is missing, and no other naming fits; it "
                  "holds {}",
                  graph.name(), parameters_of(graph).front().name, holdings(file)));
}

std::optional<std::int64_t> classes_of(const graph::Graph& graph, const TensorFile& file) {
  for (const Naming& naming : namings())
    if (naming.recognises(graph, file))
      return naming.classes ? naming.classes(graph, file) : std::nullopt;
  return std::nullopt;
}

}  // namespace bitloom::weights
