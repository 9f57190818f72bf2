#include "search/agent/haq_environment.h"

#include <algorithm>

#include "search/agent/layer_features.h"

namespace bitloom::search {
namespace {

using State = HaqEnvironment::State;

constexpr std::size_t kPreviousColumn = 8;
constexpr std::size_t kRoleColumn = 9;

}  // namespace

HaqEnvironment::HaqEnvironment(const PolicySpace& space,
                               const std::vector<graph::LayerShape>& layers)
    : space_(space) {
  const std::vector<LayerFeatures> rows = layer_features(layers);
  for (const Operand& operand : space.operands()) {
    const LayerFeatures& row = rows[operand.layers.front()];
    std::copy(row.begin(), row.end(), states_.emplace_back().begin());
    states_.back()[kRoleColumn] = operand.role == Operand::Role::kWeights;
    most_bits_ = std::max(most_bits_, operand.bits.back());
  }
}

State HaqEnvironment::state(std::size_t step, const Levels& levels) const {
  State state = states_[step];
  if (step > 0) {
    const int bits = space_.operands()[step - 1].bits[static_cast<std::size_t>(levels[step - 1])];
    state[kPreviousColumn] = static_cast<float>(bits) / static_cast<float>(most_bits_);
  }
  return state;
}

int HaqEnvironment::level(std::size_t step, float action) const {
  return level_of(action, space_.operands()[step].bits.size());
}

float HaqEnvironment::action(std::size_t step, int level) const {
  return (static_cast<float>(level) + 0.5F) /
         static_cast<float>(space_.operands()[step].bits.size());
}

}  // namespace bitloom::search
