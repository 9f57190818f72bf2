#include "pipelines/learn/search_episodes.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "base/error.h"
#include "search/problem/budget.h"

namespace bitloom::pipelines {
namespace {

using Clock = std::chrono::steady_clock;
using search::Episode;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Episodes {
 public:
  Episodes(const EpisodesTask& task, const Host& host)
      : task_(task),
        host_(host),
        log_(task.folder + "/episodes.csv", task.layers),
        state_(task.folder + "/agent.safetensors") {}

  SearchedEpisodes run() {
    replay();
    Step step(host_, "search (1 of 3)", "episodes");  // the others: measured_search.cpp
    step.begin_at(static_cast<double>(log_.episodes().size()));
    double agent_s = 0;
    const auto timed = [&](const auto& work) {
      const Clock::time_point start = Clock::now();
      work();
      agent_s += seconds_since(start);
    };
    while (std::ssize(log_.episodes()) < task_.episodes) {
      Proposal proposal;
      timed([&] { proposal = task_.propose(); });
      const Episode episode = measure(proposal, agent_s);
      log_.append(episode);
      consider(episode);
      agent_s = 0;
      timed([&] { task_.searcher.tell(episode.reward); });
      save_when_due();
      step.update(static_cast<double>(episode.number), task_.episodes, note(episode));
    }
    task_.searcher.save(state_);
    if (!best_) throw UserError(why_none());
    SearchedEpisodes all{*best_, std::ssize(known_)};
    for (const Episode& episode : log_.episodes()) {
      all.seconds += episode.seconds;
      all.agent_seconds += episode.agent_seconds;
    }
    return all;
  }

 private:
  std::int64_t load_state() {
    try {
      return task_.searcher.load(state_);
    } catch (const UserError& error) {
      throw error.with_text(
          fmt::format("{}; delete the file to replay the episodes", error.what()));
    }
  }

  /// Brings the searcher to where the log ends.
  void replay() {
    std::int64_t told = 0;
    if (std::filesystem::exists(state_)) told = load_state();
    if (told > std::ssize(log_.episodes()))
      throw UserError(
          fmt::format("{}: is of episode {}, and episodes.csv ends at {}; delete {} to "
                      "go on from there",
                      state_, told, log_.episodes().size(), state_));
    Step step(host_, "replay", "episodes");
    for (const Episode& episode : log_.episodes()) {
      consider(episode);
      if (episode.number <= told) continue;
      if (task_.propose().policy != episode.policy)
        throw UserError(
            fmt::format("{}/episodes.csv: episode {} is not this search's: choose "
                        "another folder",
                        task_.folder, episode.number));
      task_.searcher.tell(episode.reward);
      step.update(static_cast<double>(episode.number), std::ssize(log_.episodes()));
    }
  }

  Episode measure(const Proposal& proposal, double agent_seconds) {
    const Clock::time_point start = Clock::now();
    Episode episode{.number = std::ssize(log_.episodes()) + 1,
                    .costs = proposal.costs,
                    .within_budget = proposal.within_budget,
                    .noise = task_.searcher.noise(),
                    .agent_seconds = agent_seconds,
                    .policy = proposal.policy};
    const auto [known, is_new] = known_.try_emplace(search::exact_text(episode.policy));
    if (is_new) {
      const nn::Accuracy accuracy = task_.measure(episode.policy);
      known->second = {accuracy.top1_pct.value, accuracy.loss.value};
    }
    std::tie(episode.top1_pct, episode.loss) = known->second;
    episode.reward = task_.goal.reward(episode.top1_pct, episode.costs);
    episode.seconds = seconds_since(start);
    return episode;
  }

  void consider(const Episode& episode) {
    known_[search::exact_text(episode.policy)] = {episode.top1_pct, episode.loss};
    if (!episode.within_budget || !task_.goal.allows(episode.top1_pct)) return;
    const auto worth = [](const Episode& e) { return std::pair(e.reward, -e.loss); };
    if (!best_ || worth(episode) > worth(*best_)) best_ = episode;
  }

  /// Saving takes a twentieth of the time at most.
  void save_when_due() {
    if (seconds_since(last_save_) < 20 * saving_s_) return;
    const Clock::time_point start = Clock::now();
    task_.searcher.save(state_);
    last_save_ = Clock::now();
    saving_s_ = seconds_since(start);
  }

  std::string note(const Episode& episode) const {
    std::string text = fmt::format(", reward {:.3f}", episode.reward);
    if (best_) text += fmt::format(", best {:.3f}", best_->reward);
    if (const double at_8_bits = task_.costs_at_8_bits[task_.shown_cost]; at_8_bits > 0)
      text += fmt::format(", {} {:.2f}x", search::cost_kinds()[task_.shown_cost].name,
                          episode.costs[task_.shown_cost] / at_8_bits);
    if (episode.noise) text += fmt::format(", noise {:.2g}", *episode.noise);
    return text;
  }

  std::string why_none() const {
    const auto& all = log_.episodes();
    if (std::none_of(all.begin(), all.end(), [](const Episode& e) { return e.within_budget; }))
      return fmt::format(
          "none of {} episodes' policies is within the budgets: greedy comes down to them from the "
          "highest bits; give more --episodes, and another folder",
          all.size());
    const auto best = std::max_element(
        all.begin(), all.end(),
        [](const Episode& a, const Episode& b) { return a.top1_pct < b.top1_pct; });
    return fmt::format(
        "no policy of {} episodes loses so little: the best has {:.2f} % top-1, {:.2f} points less "
        "than the network",
        all.size(), best->top1_pct, task_.goal.float_top1_pct - best->top1_pct);
  }

  const EpisodesTask& task_;
  const Host& host_;
  search::EpisodeLog log_;
  std::string state_;
  std::map<std::string, std::pair<double, double>> known_;  // top-1 and loss of measured policies
  std::optional<Episode> best_;
  Clock::time_point last_save_ = Clock::now();
  double saving_s_ = 0;
};

}  // namespace

Propose proposals_of(search::Searcher& searcher, const search::PolicySpace& space) {
  return [&searcher, &space]() -> Proposal {
    const search::Levels levels = searcher.ask();
    return {{space.policy(levels)}, space.costs(levels), space.keeps_limits(levels)};
  };
}

Propose proposals_of(search::FilterSearcher& searcher, const search::FilterSpace& space) {
  return [&searcher, &space]() -> Proposal {
    graph::FilterPolicy policy = searcher.ask();
    std::vector<double> costs = space.costs(policy);
    const bool within_budget = space.keeps_limits(policy);
    return {std::move(policy), std::move(costs), within_budget};
  };
}

SearchedEpisodes run_episodes(const EpisodesTask& task, const Host& host) {
  return Episodes(task, host).run();
}

}  // namespace bitloom::pipelines
