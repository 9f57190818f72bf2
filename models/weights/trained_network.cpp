#include "models/weights/trained_network.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "models/weights/naming.h"

namespace bitloom::weights {
namespace {

/// Names under which bitloom keeps what belongs to training and quantizers beside the network.
constexpr std::string_view kOwn[] = {"quantizer.", "optimizer.", "integer."};

bool is_own(const std::string& name) {
  return std::any_of(std::begin(kOwn), std::end(kOwn),
                     [&](std::string_view start) { return name.rfind(start, 0) == 0; });
}

void require_all_used(const TensorFile& file, const std::vector<std::string>& used,
                      const std::string& network) {
  for (const std::string& name : file.names())
    if (!is_own(name) && std::find(used.begin(), used.end(), name) == used.end())
      throw file.error(fmt::format("tensor '{}' belongs to another network: {} has no such layer",
                                   excerpt(name), network));
}

void require_positive_variances(const TensorFile& file, const graph::Graph& graph,
                                const Parameters& parameters) {
  for (const ParameterShape& parameter : parameters_of(graph))
    if (parameter.role == ParameterRole::kVariance)
      for (const float value : parameters.at(parameter.name).values)
        if (value < 0)
          throw file.error(
              fmt::format("'{}' holds {}, a variance must not be negative", parameter.name, value));
}

}  // namespace

std::string published_normalization(const std::string& network) {
  return network.rfind("mobilenet_v1", 0) == 0 ? "tensorflow" : "imagenet";
}

TrainedNetwork read_trained(const graph::Graph& graph, const TensorFile& file) {
  for (const Naming& naming : namings()) {
    if (!naming.recognises(graph, file)) continue;
    TrainedNetwork trained{naming.adapt(graph), {}, std::string(naming.normalization)};
    std::vector<std::string> used;
    trained.parameters = naming.read(trained.graph, file, used);
    require_all_used(file, used, graph.name());
    require_positive_variances(file, trained.graph, trained.parameters);
    if (file.metadata().count(kNormalizationKey))
      trained.normalization = file.metadata(kNormalizationKey);
    if (trained.normalization.empty())
      trained.normalization = published_normalization(graph.name());
    return trained;
  }
  throw file.error(
      fmt::format("holds no weights of {}: tensor '{}' is missing, and no other naming fits",
                  graph.name(), parameters_of(graph).front().name));
}

}  // namespace bitloom::weights
