#include "search/agent/autoq_searcher.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "base/error.h"
#include "search/agent/agent.h"
#include "search/agent/exploration.h"
#include "search/agent/reward_scale.h"

namespace bitloom::search {
namespace {

constexpr std::int64_t kEpisodesPerWarmup = 4;
constexpr std::int64_t kHighMemory = 128;  // transitions for each layer, as HAQ's
constexpr std::int64_t kLowMemory = 64;    // and for each filter
constexpr std::int64_t kFiltersPerUpdate = 8;
constexpr double kLeastExtrinsic = 0.1, kMostExtrinsic = 0.8;  // z
constexpr int kCorrected = 32;                                 // goals after an episode
constexpr int kGoalsDrawn = 8;
constexpr double kGoalDeviation = 0.25;    // of these, around the mean that filters came to
constexpr double kSteepestAtRandom = 0.5;  // a random line's rise over a layer's filters

/// What the low level decided of a layer.
struct LayerDecision {
  std::size_t unit = 0;
  double goal = 0;                              // as an action
  std::vector<std::vector<float>> states = {};  // before each filter, in their order
  std::vector<float> actions = {};
  std::vector<int> bits = {};
  std::int64_t remembered_as = 0;  // number of the high level's transition

  double mean_bits() const {
    return std::accumulate(bits.begin(), bits.end(), 0.0) / static_cast<double>(bits.size());
  }
};

class AutoqSearcher : public FilterSearcher {
 public:
  explicit AutoqSearcher(const FilterSearchTask& task)
      : space_(task.space),
        environment_(task.space, task.deviations),
        episodes_(task.episodes),
        exploration_(task.episodes, task.warmup.value_or(std::max<std::int64_t>(
                                        1, task.episodes / kEpisodesPerWarmup))),
        random_(task.seed + 1) {
    ensure(task.make_agent != nullptr, "AutoQ's search is given agents");
    for (std::size_t unit = 0; unit < space_.units().size(); ++unit)
      filters_ += std::ssize(environment_.order(unit));
    high_capacity_ = kHighMemory * std::ssize(space_.units());
    high_ = task.make_agent(
        {.state_size = AutoqEnvironment::kHighSize, .capacity = high_capacity_, .seed = task.seed});
    if (filters_ > 0)
      low_ = task.make_agent({.state_size = AutoqEnvironment::kLowSize,
                              .capacity = kLowMemory * filters_,
                              .seed = task.seed + 1});
  }

  graph::FilterPolicy ask() override {
    steps_.clear();
    asked_.clear();
    graph::FilterPolicy policy = space_.lowest();
    double previous = 0;
    for (std::size_t unit = 0; unit < space_.units().size(); ++unit) {
      const std::vector<int>& activations = space_.activation_bits(unit);
      if (activations.size() > 1) {
        const float action = high_action(unit, false, previous);
        const int bits =
            activations[static_cast<std::size_t>(level_of(action, activations.size()))];
        space_.set_activation_bits(policy, unit, bits);
        previous = bits;
      }
      if (space_.weight_bits(unit).size() > 1)
        previous = decide_weights(policy, unit, high_action(unit, true, previous));
    }
    space_.lower_to_limits(policy);
    return policy;
  }

  void tell(double reward) override {
    if (episode_ == 0) reward_scale_.mean = reward;
    const double scaled = reward_scale_(reward);
    remember_high(scaled);
    for (const LayerDecision& decision : asked_) remember_low(decision, scaled);
    for (std::int64_t i = 0; i < filters_; i += kFiltersPerUpdate) low_->update();
    for (LayerDecision& decision : asked_) {
      decision.states.clear();  // they depend on the goal
      remembered_.push_back(std::move(decision));
    }
    while (!remembered_.empty() && remembered_.front().remembered_as < high_count_ - high_capacity_)
      remembered_.pop_front();
    if (!exploration_.is_random(episode_)) {
      correct_goals();
      for (std::size_t i = 0; i < steps_.size(); ++i) high_->update();
    }
    ++episode_;
  }

  std::optional<double> noise() const override {
    return exploration_.is_random(episode_) ? std::nullopt
                                            : std::optional(exploration_.deviation(episode_));
  }

 private:
  float high_action(std::size_t unit, bool is_weights, double previous_bits) {
    steps_.push_back({environment_.high_state(unit, is_weights, previous_bits), 0, 0, {}, false});
    Transition& step = steps_.back();
    step.action = exploration_.is_random(episode_) ? draw_unit_float(random_)
                                                   : draw_action(random_, high_->act(step.state),
                                                                 exploration_.deviation(episode_));
    return step.action;
  }

  /// Gives a unit's weights bits; returns their mean.
  double decide_weights(graph::FilterPolicy& policy, std::size_t unit, float goal) {
    if (!space_.is_by_filter(unit)) {
      const int bits = environment_.filter_bits(unit, goal);
      space_.set_weight_bits(policy, unit, bits);
      return bits;
    }
    const LayerDecision& decision = asked_.emplace_back(decide_filters(unit, goal));
    const std::vector<std::size_t>& order = environment_.order(unit);
    graph::FilterBits bits(order.size());
    for (std::size_t place = 0; place < order.size(); ++place)
      bits[order[place]] = decision.bits[place];
    FilterSpace::set_filters(policy, space_.units()[unit].front(), std::move(bits));
    return decision.mean_bits();
  }

  LayerDecision decide_filters(std::size_t unit, float goal) {
    LayerDecision decision{.unit = unit, .goal = goal};
    decision.remembered_as = high_count_ + std::ssize(steps_) - 1;
    const bool is_random = exploration_.is_random(episode_);
    const Line line = is_random ? random_line() : noise_line();
    const std::size_t count = environment_.order(unit).size();
    double sum = 0;
    for (std::size_t place = 0; place < count; ++place) {
      const int previous = place == 0 ? 0 : decision.bits.back();
      decision.states.push_back(environment_.low_state(unit, goal, place, previous, sum));
      const double mean = is_random ? goal : low_->act(decision.states.back());
      ensure(std::isfinite(mean), "the agent's actions are numbers");
      decision.actions.push_back(
          static_cast<float>(std::clamp(mean + line.at(place, count), 0.0, 1.0)));
      decision.bits.push_back(environment_.filter_bits(unit, decision.actions.back()));
      sum += decision.bits.back();
    }
    return decision;
  }

  /// What is added to the actions of a layer's filters.
  struct Line {
    double first, last;
    double at(std::size_t place, std::size_t count) const {
      const double end = static_cast<double>(std::max<std::size_t>(count, 2) - 1);
      return first + (last - first) * static_cast<double>(place) / end;
    }
  };
  Line random_line() {
    const double rise = kSteepestAtRandom * (2 * draw_unit(random_) - 1);
    return {-rise / 2, rise / 2};
  }
  Line noise_line() {
    const double deviation = exploration_.deviation(episode_);
    const double first = draw_normal(random_, 0, deviation);
    return {first, draw_normal(random_, 0, deviation)};
  }

  void remember_high(double reward) {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const bool is_last = i + 1 == steps_.size();
      steps_[i].reward = static_cast<float>(reward);
      steps_[i].next_state = steps_[is_last ? i : i + 1].state;
      steps_[i].last = is_last;
      high_->remember(steps_[i]);
    }
    high_count_ += std::ssize(steps_);
  }

  void remember_low(const LayerDecision& decision, double extrinsic) {
    const double done = static_cast<double>(episode_) /
                        static_cast<double>(std::max<std::int64_t>(1, episodes_ - 1));
    const double z = kLeastExtrinsic + (kMostExtrinsic - kLeastExtrinsic) * done;
    const double missed =
        std::abs(environment_.goal_bits(decision.unit, decision.goal) - decision.mean_bits());
    const auto reward = static_cast<float>(-(1 - z) * missed + z * extrinsic);
    for (std::size_t i = 0; i < decision.states.size(); ++i)
      low_->remember({decision.states[i], decision.actions[i], reward, decision.states[i], true});
  }

  void correct_goals() {
    for (int i = 0; i < kCorrected && !remembered_.empty(); ++i) {
      const LayerDecision& decision = remembered_[draw_below(random_, remembered_.size())];
      high_->relabel(decision.remembered_as, static_cast<float>(likeliest_goal(decision)));
    }
  }

  double likeliest_goal(const LayerDecision& decision) {
    const double reached = environment_.goal_action(decision.unit, decision.mean_bits());
    std::vector<double> goals{decision.goal, reached};
    for (int i = 0; i < kGoalsDrawn; ++i)
      goals.push_back(draw_action(random_, reached, kGoalDeviation));
    std::vector<std::vector<float>> states;
    for (const double goal : goals)
      for (auto& state : environment_.low_states(decision.unit, goal, decision.bits))
        states.push_back(std::move(state));
    const std::vector<float> actions = low_->act_all(states);
    std::vector<double> missed;  // the likelihood falls with the sum of squares
    for (std::size_t g = 0; g < goals.size(); ++g) {
      double sum = 0;
      for (std::size_t j = 0; j < decision.actions.size(); ++j) {
        const double distance = actions[g * decision.actions.size() + j] - decision.actions[j];
        sum += distance * distance;
      }
      missed.push_back(sum);
    }
    return goals[static_cast<std::size_t>(std::min_element(missed.begin(), missed.end()) -
                                          missed.begin())];
  }

  const FilterSpace& space_;
  AutoqEnvironment environment_;
  std::int64_t episodes_;
  Exploration exploration_;
  std::mt19937_64 random_;
  std::unique_ptr<Agent> high_, low_;
  std::int64_t filters_ = 0;  // that the low level decides
  std::int64_t high_capacity_ = 0, high_count_ = 0;
  RewardScale reward_scale_;
  std::int64_t episode_ = 0;
  std::vector<Transition> steps_;     // of the episode
  std::vector<LayerDecision> asked_;  // in it
  std::deque<LayerDecision> remembered_;
};

}  // namespace

std::unique_ptr<FilterSearcher> autoq_searcher(const FilterSearchTask& task) {
  return std::make_unique<AutoqSearcher>(task);
}

}  // namespace bitloom::search
