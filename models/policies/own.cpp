// bitloom's policies, and HAQ's lists.
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "models/graph/policy.h"
#include "models/policies/formats.h"

namespace bitloom::policies {
namespace {

graph::Policy read_own(const File& file, const Target& target, const Reading&, std::size_t&) {
  return graph::parse_policy(file.path, file.text, target.network, target.layers);
}

std::string write_own(const graph::Policy& policy, const Target& target, const File&) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < policy.size(); ++i)
    layers.push_back({{"name", target.layers[i].name},
                      {"weight_bits", policy[i].weight_bits},
                      {"activation_bits", policy[i].activation_bits}});
  const nlohmann::ordered_json document{{"network", target.network}, {"layers", layers}};
  return json_text(document, 2) + "\n";
}

std::string write_haq(const graph::Policy& policy, const Target&, const File&) {
  nlohmann::ordered_json pairs = nlohmann::ordered_json::array();
  for (const graph::Precision& bits : policy)
    pairs.push_back({bits.weight_bits, bits.activation_bits});
  return json_text(pairs) + "\n";
}

bool recognizes_nothing(const File&) { return false; }

}  // namespace

Format bitloom_format() {
  return {.name = "bitloom",
          .doc = "what --policy reads: the bits of each layer by its name",
          .recognizes = recognizes_nothing,
          .read = read_own,
          .write = write_own,
          .needs_like = {}};
}

Format haq_format() {
  return {.name = "haq",
          .doc = "HAQ's list [[w, a], ...] in the order of the layers",
          .recognizes = recognizes_nothing,
          .read = read_own,
          .write = write_haq,
          .needs_like = {}};
}

}  // namespace bitloom::policies
