#include "search/agent/haq_environment.h"

#include <algorithm>
#include <cmath>

namespace bitloom::search {
namespace {

using State = HaqEnvironment::State;

constexpr std::size_t kLayerColumns = 8;
constexpr std::size_t kPreviousColumn = 8;
constexpr std::size_t kRoleColumn = 9;

State features(const graph::LayerShape& layer, std::size_t index) {
  const bool is_linear = layer.kind == graph::LayerKind::kLinear;
  const auto number = [](auto value) { return static_cast<float>(value); };
  return {number(layer.kind == graph::LayerKind::kDepthwise),
          number(layer.in_channels),
          number(layer.out_channels),
          number(is_linear ? 0 : layer.stride.height),
          number(layer.kernel.height),
          number(layer.weights()),
          number(layer.input.height * layer.input.width),
          number(index),
          0,
          0};
}

void scale_column(std::vector<State>& rows, std::size_t column) {
  const auto [least, most] =
      std::minmax_element(rows.begin(), rows.end(),
                          [&](const State& a, const State& b) { return a[column] < b[column]; });
  const float low = (*least)[column], range = (*most)[column] - low;
  for (State& row : rows) row[column] = range > 0 ? (row[column] - low) / range : 0;
}

}  // namespace

HaqEnvironment::HaqEnvironment(const PolicySpace& space,
                               const std::vector<graph::LayerShape>& layers)
    : space_(space) {
  std::vector<State> rows;
  for (std::size_t i = 0; i < layers.size(); ++i) rows.push_back(features(layers[i], i));
  for (std::size_t column = 0; column < kLayerColumns; ++column) scale_column(rows, column);
  for (const Operand& operand : space.operands()) {
    states_.push_back(rows[operand.layers.front()]);
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
  const int count = static_cast<int>(space_.operands()[step].bits.size());
  const float place = static_cast<float>(count) * action - 0.5F;
  return std::clamp(static_cast<int>(std::lround(place)), 0, count - 1);
}

float HaqEnvironment::action(std::size_t step, int level) const {
  return (static_cast<float>(level) + 0.5F) /
         static_cast<float>(space_.operands()[step].bits.size());
}

}  // namespace bitloom::search
