#include "reports/html/exploration_sections.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html/exploration_figures.h"
#include "reports/html/exploration_points.h"

namespace bitloom::reports {
namespace {

const ExploredPoint& point_of(const ExploredStore& store, const ChosenPoint& chosen) {
  return store.found.front[chosen.at];
}

std::string goals_text(const ExploredStore& store) {
  std::vector<std::string> goals;
  for (std::size_t i = 0; i < store.objectives.size(); ++i)
    goals.push_back((more_is_better(store, i) ? "most " : "least ") + store.objectives[i]);
  return fmt::format("{}", fmt::join(goals, ", "));
}

std::string networks_text(const ExploredStore& store) {
  std::vector<std::string> networks;
  for (const ExploredNetwork& network : store.networks)
    networks.push_back(
        fmt::format("{} at {}{}", network.name, network.bits,
                    store.networks.size() > 1 ? fmt::format(" (weight {})", network.weight) : ""));
  return fmt::format("{}", fmt::join(networks, "; "));
}

std::string run_text(const ExploredRun& run) {
  std::string text =
      fmt::format("{}, {} asked for", run.strategy, count_text(run.evaluations, "point"));
  if (run.seed) text += fmt::format(", seed {}", *run.seed);
  if (run.shards > 1) text += fmt::format(", part {} of {}", run.shard, run.shards);
  return text;
}

std::string runs_text(const ExploredStore& store) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> runs;
  for (std::size_t i = 0; i < std::min(kMost, store.runs.size()); ++i)
    runs.push_back(run_text(store.runs[i]));
  if (store.runs.size() > kMost)
    runs.push_back(fmt::format("and {} more runs", store.runs.size() - kMost));
  return fmt::format("{}", fmt::join(runs, "; "));
}

std::string refusals_line(const Exploration& found) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> refusals;
  for (std::size_t i = 0; i < std::min(kMost, found.refusals.size()); ++i)
    refusals.push_back(fmt::format("{} by {}", found.refusals[i].count, found.refusals[i].reason));
  if (found.refusals.size() > kMost)
    refusals.push_back(fmt::format("{} more reasons", found.refusals.size() - kMost));
  return fmt::format("Refused: {}.", fmt::join(refusals, "; "));
}

std::vector<std::string> protocol_lines(const ExploredStore& store) {
  const Exploration& found = store.found;
  std::vector<std::string> lines{
      fmt::format("Asked: {} of {:.15g} machines of {}{}, {} with {}.", goals_text(store),
                  found.space_points, found.space,
                  store.description.empty() ? "" : fmt::format(" ({})", store.description),
                  store.hardware, count_text(std::ssize(found.knobs), "knob")),
      fmt::format("Runs on each: {}.", networks_text(store)),
      fmt::format("Evaluated: {}, {} of them feasible, by the {} engine of bitloom {}{}.",
                  count_text(found.points, "point"), found.feasible, store.engine, store.version,
                  store.runs.empty() ? "" : fmt::format(" ({})", runs_text(store)))};
  if (!store.found.technology.empty())
    lines.push_back(fmt::format("Energies: of a {}.", store.found.technology));
  if (store.is_unfinished)
    lines.push_back(fmt::format(
        "Unfinished: a run still adds points to {}, or was ended before its time; this is what "
        "it holds so far.",
        found.store));
  if (!found.refusals.empty()) lines.push_back(refusals_line(found));
  lines.push_back(fmt::format(
      "Found: {} that no other beats, the front{}.", count_text(std::ssize(found.front), "point"),
      found.equal > 0
          ? fmt::format("; {} more equal to one of them in every objective", found.equal)
          : ""));
  const std::vector<std::size_t> constant = constant_knobs(store);
  if (found.front.size() > 1 && !constant.empty())
    lines.push_back(
        fmt::format("All of them: {}.", settings_text(store, found.front.front(), constant)));
  for (const ChosenPoint& chosen : store.chosen) {
    const ExploredPoint& point = point_of(store, chosen);
    lines.push_back(fmt::format("{}: point {} with {}; {}.", capitalized(chosen.name), point.number,
                                objectives_text(store, point),
                                settings_text(store, point, telling_knobs(store))));
  }
  return lines;
}

/// The step that gains most in an objective; null where none gains.
const ExploredStep* best_step(const ExploredStore& store, const ChosenPoint& chosen,
                              std::size_t objective) {
  const ExploredStep* best = nullptr;
  double most = 0;
  for (const ExploredStep& step : chosen.steps) {
    const auto change = change_of(store, chosen, step, objective);
    if (!change) continue;
    const double gain = more_is_better(store, objective) ? *change : -*change;
    if (gain > most) best = &step, most = gain;
  }
  return best;
}

/// `latency -8.1 % by array.dk 128 -> 256 (energy +0.3 %, lut +98 %)`.
std::string best_step_text(const ExploredStore& store, const ChosenPoint& chosen,
                           std::size_t objective) {
  const ExploredStep* best = best_step(store, chosen, objective);
  if (!best) return fmt::format("no single step betters {}", store.objectives[objective]);
  std::vector<std::string> others;
  for (std::size_t i = 0; i < store.objectives.size(); ++i)
    if (const auto change = change_of(store, chosen, *best, i); change && i != objective)
      others.push_back(fmt::format("{} {}", store.objectives[i], change_text(*change)));
  return fmt::format("{} {} by {} from {} to {} ({})", store.objectives[objective],
                     change_text(*change_of(store, chosen, *best, objective)),
                     store.found.knobs[best->knob], best->from, best->to, fmt::join(others, ", "));
}

std::string first_change_line(const ExploredStore& store, const ChosenPoint& chosen) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < store.objectives.size(); ++i)
    parts.push_back(best_step_text(store, chosen, i));
  return fmt::format("{}, point {}: {}.", capitalized(chosen.name), point_of(store, chosen).number,
                     fmt::join(parts, "; "));
}

}  // namespace

std::string title_of(const ExploredStore& store) {
  std::vector<std::string> networks;
  for (const ExploredNetwork& network : store.networks) networks.push_back(network.name);
  const std::size_t front = store.found.front.size();
  return fmt::format("{} on {}: {} of {} machines {} unbeaten, the knee has {}",
                     fmt::join(networks, " and "), store.hardware, front, store.found.points,
                     front == 1 ? "is" : "are",
                     objectives_text(store, point_of(store, store.chosen.front())));
}

std::vector<Section> sections_of(const ExploredStore& store, const std::string& id) {
  const std::string whose = id.empty() ? "" : id + ": ";
  Section front{id,
                id.empty() ? "The front" : whose + title_of(store),
                protocol_lines(store),
                pair_figures(store),
                {},
                nullptr};
  if (auto knobs = knobs_figure(store)) front.figures.push_back(std::move(*knobs));
  front.figures.push_back(front_points_figure(store));
  if (!store.found.technology.empty()) front.technologies.push_back(store.found.technology);
  Section changes{id, whose + "What to change first", {}, {}, {}, nullptr};
  for (const ChosenPoint& chosen : store.chosen) {
    changes.lines.push_back(first_change_line(store, chosen));
    if (!chosen.steps.empty()) changes.figures.push_back(steps_figure(store, chosen));
  }
  Section layers{id, whose + "Layers along the front", {}, {layers_figure(store)}, {}, nullptr};
  return {std::move(front), std::move(changes), std::move(layers)};
}

}  // namespace bitloom::reports
