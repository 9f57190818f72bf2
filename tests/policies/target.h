#pragma once

#include <random>
#include <string>
#include <vector>

#include "models/graph/graph.h"
#include "models/graph/zoo/zoo.h"
#include "models/policies/formats.h"

namespace bitloom::testing {

/// A network of the zoo, and policies of it.
class ZooTarget {
 public:
  explicit ZooTarget(const std::string& name)
      : name_(name), layers_(graph::layers_of(graph::make_network(name))) {}

  policies::Target target() const { return {name_, layers_}; }
  std::size_t size() const { return layers_.size(); }
  graph::Policy uniform(int weights, int activations) const {
    return graph::uniform_policy(layers_.size(), {weights, activations});
  }
  /// Bits from `least` to `most`; layers with one input read equal bits, as HAWQ needs.
  graph::Policy drawn(std::uint64_t seed, int least, int most) const {
    std::mt19937_64 random(seed);
    graph::Policy policy = graph::random_policy(layers_, least, most, random);
    for (std::size_t i = 0; i < policy.size(); ++i)
      if (const auto first = first_of_block(layers_[i].name))
        policy[i].activation_bits = policy[*first].activation_bits;
    return policy;
  }

  graph::Policy read(const std::string& path, const std::string& text,
                     const policies::Reading& reading = {},
                     const std::optional<std::string>& format = {}) const {
    return policies::read_policy({path, text}, format, target(), reading).policy;
  }

 private:
  /// Of `layer1.0.downsample.0` the place of `layer1.0.conv1`.
  std::optional<std::size_t> first_of_block(const std::string& name) const {
    const std::size_t at = name.find("downsample.0");
    if (at == std::string::npos) return std::nullopt;
    for (std::size_t i = 0; i < layers_.size(); ++i)
      if (layers_[i].name == name.substr(0, at) + "conv1") return i;
    return std::nullopt;
  }

  std::string name_;
  std::vector<graph::LayerShape> layers_;
};

/// Encodings as AIMET 0.6.1 exports them, each module with its input; of ranges that differ.
std::string aimet_061(const ZooTarget& zoo, const graph::Policy& policy);
/// The same as 1.0.0 has them.
std::string aimet_100(const ZooTarget& zoo, const graph::Policy& policy);
/// A configuration of NNCF's, with a comment and with entries of activations.
std::string nncf_configuration(const ZooTarget& zoo, const graph::Policy& policy);

}  // namespace bitloom::testing
