#include "search/agent/haq_searcher.h"

#include <algorithm>
#include <sstream>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/json_value.h"
#include "search/agent/agent.h"
#include "search/agent/exploration.h"
#include "search/agent/haq_environment.h"
#include "search/agent/reward_scale.h"

namespace bitloom::search {
namespace {

constexpr std::int64_t kHaqWarmup = 20;
constexpr std::int64_t kMemoryPerLayer = 128;

/// HAQ's, fewer in short searches.
std::int64_t usual_warmup(std::int64_t episodes) {
  return std::min(kHaqWarmup, std::max<std::int64_t>(1, episodes / 6));
}

class HaqSearcher : public Searcher {
 public:
  explicit HaqSearcher(const SearchTask& task)
      : space_(task.space),
        environment_(task.space, task.space.network().layers),
        exploration_(task.episodes, task.warmup.value_or(usual_warmup(task.episodes))),
        start_(task.start),
        random_(task.seed + 1) {
    ensure(task.make_agent != nullptr, "HAQ's search is given an agent");
    const std::int64_t layers = std::ssize(task.space.network().layers);
    agent_ = task.make_agent({.state_size = HaqEnvironment::kStateSize,
                              .capacity = kMemoryPerLayer * layers,
                              .seed = task.seed});
  }

  Levels ask() override {
    steps_.clear();
    Levels levels;
    for (std::size_t step = 0; step < environment_.steps(); ++step) {
      const HaqEnvironment::State state = environment_.state(step, levels);
      steps_.push_back({{state.begin(), state.end()}, 0, 0, {}, false});
      steps_.back().action = action(step);
      levels.push_back(environment_.level(step, steps_.back().action));
    }
    space_.lower_to_limits(levels, space_.last_to_first());
    return levels;
  }

  void tell(double reward) override {
    if (episode_ == 0) reward_scale_.mean = reward;
    const auto scaled = static_cast<float>(reward_scale_(reward));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const bool is_last = i + 1 == steps_.size();
      steps_[i].reward = scaled;
      steps_[i].next_state = steps_[is_last ? i : i + 1].state;
      steps_[i].last = is_last;
      agent_->remember(steps_[i]);
    }
    if (!exploration_.is_random(episode_))
      for (std::size_t i = 0; i < steps_.size(); ++i) agent_->update();
    ++episode_;
  }

  std::optional<double> noise() const override {
    return exploration_.is_random(episode_) ? std::nullopt
                                            : std::optional(exploration_.deviation(episode_));
  }

  bool save(const std::string& path) const override {
    std::ostringstream random;
    random << random_;
    const nlohmann::json progress{{"episode", episode_},
                                  {"random", random.str()},
                                  {"mean_reward", reward_scale_.mean},
                                  {"reward_variance", reward_scale_.variance}};
    agent_->save(path, json_text(progress));
    return true;
  }
  std::int64_t load(const std::string& path) override {
    const JsonValue progress = JsonValue::parse(agent_->load(path), path + ": the search's state");
    episode_ = progress.at("episode").integer();
    reward_scale_ = {progress.at("mean_reward").number(), progress.at("reward_variance").number()};
    std::istringstream(progress.at("random").text()) >> random_;
    return episode_;
  }

 private:
  float action(std::size_t step) {
    if (episode_ == 0 && start_) return environment_.action(step, (*start_)[step]);
    if (exploration_.is_random(episode_)) return draw_unit_float(random_);
    return draw_action(random_, agent_->act(steps_[step].state), exploration_.deviation(episode_));
  }

  const PolicySpace& space_;
  HaqEnvironment environment_;
  Exploration exploration_;
  std::optional<Levels> start_;
  std::unique_ptr<Agent> agent_;
  std::mt19937_64 random_;
  RewardScale reward_scale_;
  std::int64_t episode_ = 0;
  std::vector<Transition> steps_;  // of the episode
};

}  // namespace

std::unique_ptr<Searcher> haq_searcher(const SearchTask& task) {
  return std::make_unique<HaqSearcher>(task);
}

}  // namespace bitloom::search
