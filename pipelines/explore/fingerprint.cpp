#include "pipelines/explore/fingerprint.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/json.h"
#include "pipelines/explore/space.h"
#include "reports/hardware_json.h"

namespace bitloom::pipelines {
namespace {

void add_layer(Fnv1a& hash, const graph::LayerShape& l, graph::Precision bits) {
  hash.add_part(l.name);
  hash.add_part(fmt::format("{} {} {} {}x{} {}x{} {}x{} {}x{} {} {} {}", static_cast<int>(l.kind),
                            l.in_channels, l.out_channels, l.kernel.height, l.kernel.width,
                            l.stride.height, l.stride.width, l.input.height, l.input.width,
                            l.output.height, l.output.width, l.groups, l.reads_input,
                            graph::to_text(bits)));
  for (const std::string& reader : l.read_by) hash.add_part(reader);
}

}  // namespace

std::string fingerprint_of(const Space& space, const std::vector<hardware::Hardware>& machines) {
  Fnv1a hash;
  hash.add_part(BITLOOM_VERSION);
  for (const hardware::Hardware& machine : machines)
    hash.add_part(json_text(reports::hardware_json(machine)));
  for (const hardware::VariedKey& knob : space.knobs()) {
    hash.add_part(knob.key);
    for (const std::string& value : knob.values) hash.add_part(value);
  }
  for (const Constraint& constraint : space.constraints) hash.add_part(constraint.condition.text());
  for (const SpaceNetwork& network : space.networks) {
    hash.add_part(fmt::format("{} {}", network.name, network.weight));
    if (network.optimal) hash.add_part(network.optimal->fingerprint());
    for (std::size_t i = 0; i < network.layers.size(); ++i)
      add_layer(hash, network.layers[i], network.optimal ? graph::Precision{} : network.policy[i]);
  }
  for (const std::size_t objective : space.objectives)
    hash.add_part(space.metrics[objective].objective);
  return hash.text();
}

}  // namespace bitloom::pipelines
