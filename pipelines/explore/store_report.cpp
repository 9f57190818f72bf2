#include "pipelines/explore/store_report.h"

#include <algorithm>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/document.h"
#include "base/error.h"
#include "pipelines/explore/evaluator.h"
#include "pipelines/explore/sample.h"
#include "pipelines/explore/store.h"
#include "pipelines/explore/summary.h"
#include "search/explore/front.h"

namespace bitloom::pipelines {
namespace {

constexpr std::size_t kMostSampled = 2000, kMostOpened = 30;

std::string description_of(const StoreAbout& about) {
  const DocumentValue root = document_of(about.space_path, about.space_text);
  return root.has("description") ? root.at("description").text() : "";
}

/// `4/4, 2 of 53 layers 8/8`: the most frequent first.
std::string bits_of(const SpaceNetwork& network) {
  if (network.optimal)
    return fmt::format("chosen on each machine, Omega of at most {:.4g}",
                       network.optimal->most_omega);
  std::vector<std::pair<std::string, std::size_t>> counts;
  for (const graph::Precision& bits : network.policy) {
    const std::string text = graph::to_text(bits);
    const auto found = std::find_if(counts.begin(), counts.end(),
                                    [&](const auto& each) { return each.first == text; });
    if (found == counts.end())
      counts.emplace_back(text, 1);
    else
      ++found->second;
  }
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  constexpr std::size_t kMany = 3;
  if (counts.size() > kMany) return fmt::format("mixed bits of {} kinds", counts.size());
  std::string text = counts.front().first;
  for (std::size_t i = 1; i < counts.size(); ++i)
    text += fmt::format(", {} of {} layers at {}", counts[i].second, network.policy.size(),
                        counts[i].first);
  return text;
}

/// The points of a front that are best in one objective, and its knee, with their names. One point
/// may have several.
std::vector<reports::ChosenPoint> chosen_of(const std::vector<reports::ExploredPoint>& front,
                                            const Space& space) {
  std::vector<std::vector<double>> values;
  for (const reports::ExploredPoint& point : front)
    values.push_back(space.objectives_of(point.metrics));
  std::vector<reports::ChosenPoint> chosen{{"knee", search::knee_of(values), {}}};
  for (std::size_t i = 0; i < space.objectives.size(); ++i) {
    const auto best = std::min_element(
        values.begin(), values.end(),
        [&](const auto& a, const auto& b) { return a[i] != b[i] ? a[i] < b[i] : a < b; });
    const auto at = static_cast<std::size_t>(best - values.begin());
    const Metric& metric = space.metrics[space.objectives[i]];
    const std::string name = (metric.more_is_better ? "most " : "least ") + metric.objective;
    const auto same =
        std::find_if(chosen.begin(), chosen.end(), [&](const auto& each) { return each.at == at; });
    if (same == chosen.end())
      chosen.push_back({name, at, {}});
    else {
      if (const auto last = same->name.find(" and "); last != std::string::npos)
        same->name.replace(last, std::string_view(" and ").size(), ", ");
      same->name += " and " + name;
    }
  }
  return chosen;
}

/// The steps from a point: from the store where they are in it, else priced.
std::vector<reports::ExploredStep> steps_of(std::int64_t point, const Space& space,
                                            const Evaluator& evaluator, Store& store) {
  std::vector<reports::ExploredStep> steps;
  const search::Choices choices = space.grid.choices(point);
  for (const search::Neighbour& neighbour : search::neighbours_of(space.grid, point)) {
    const auto stored = store.find(neighbour.point);
    Evaluated to = stored ? *stored : evaluator.evaluate(neighbour.point);
    const auto& values = space.knobs()[neighbour.knob].values;
    const std::size_t from = choices[neighbour.knob];
    steps.push_back({.knob = neighbour.knob,
                     .from = values[from],
                     .to = values[neighbour.is_up ? from + 1 : from - 1],
                     .point = neighbour.point,
                     .is_stored = stored.has_value(),
                     .refusal = std::move(to.refusal),
                     .metrics = std::move(to.metrics)});
  }
  return steps;
}

/// Which points of a front are opened: all, or those that are chosen and others evenly along it.
std::set<std::size_t> opened_of(std::size_t front,
                                const std::vector<reports::ChosenPoint>& chosen) {
  std::set<std::size_t> opened;
  for (const reports::ChosenPoint& point : chosen) opened.insert(point.at);
  const std::size_t others = kMostOpened - opened.size();
  if (front > kMostOpened)
    for (std::size_t i = 0; i < others; ++i) opened.insert(i * (front - 1) / (others - 1));
  for (std::size_t at = 0; at < front && opened.size() < kMostOpened; ++at) opened.insert(at);
  return opened;
}

void require_points(const StoreAbout& about, const reports::Exploration& found) {
  if (found.points == 0)
    throw UserError(
        fmt::format("{0}: has no points yet: bitloom explore --space {1} -o {0} evaluates some",
                    found.store, about.space_path));
  if (found.feasible == 0) throw UserError(none_feasible_text(found.store, found));
}

void add_sample(const Sample<Evaluated>& sample, const StoreAbout& about,
                reports::ExploredStore& result) {
  std::set<std::int64_t> on_front;
  for (const reports::ExploredPoint& point : result.found.front) on_front.insert(point.number);
  for (const Evaluated& each : sample.items())
    if (on_front.count(each.point) == 0) result.sample.push_back(explored_point(about, each));
  std::sort(result.sample.begin(), result.sample.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
}

void add_protocol(const Space& space, Store& store, reports::ExploredStore& result) {
  const StoreAbout& about = store.about();
  result.description = description_of(about);
  result.hardware = space.hardware;
  result.engine = about.engine;
  result.version = about.version;
  result.runs = store.runs();
  result.is_unfinished = store.is_unfinished();
  result.objective_metrics = about.objectives;
  for (const SpaceNetwork& network : space.networks)
    result.networks.push_back({network.name, bits_of(network), network.weight});
  for (const std::size_t metric : about.objectives)
    result.objectives.push_back(about.metrics[metric].objective);
  for (const hardware::VariedKey& knob : about.knobs) result.knob_values.push_back(knob.values);
}

}  // namespace

bool is_database(const std::string& path) {
  constexpr std::string_view kHeader{"SQLite format 3\0", 16};
  std::string head(kHeader.size(), ' ');
  std::ifstream file(path, std::ios::binary);
  return file.read(head.data(), static_cast<std::streamsize>(head.size())) && head == kHeader;
}

reports::ExploredStore explored_store(const std::string& path, const Host& host) {
  Store store = Store::read(path);
  const Space space = space_of_store(store, host);
  warn_of_assumed_energies(space, host);
  store.hold_still();
  reports::ExploredStore result;
  Sample<Evaluated> sample(kMostSampled);
  result.found = summary_of(store, std::nullopt, [&](const Evaluated& each) { sample.add(each); });
  require_points(store.about(), result.found);
  result.found.technology = space.technology;
  add_protocol(space, store, result);
  add_sample(sample, store.about(), result);
  const Evaluator evaluator(space);
  const std::vector<reports::ExploredPoint>& front = result.found.front;
  result.chosen = chosen_of(front, space);
  for (reports::ChosenPoint& chosen : result.chosen)
    chosen.steps = steps_of(front[chosen.at].number, space, evaluator, store);
  for (const std::size_t at : opened_of(front.size(), result.chosen))
    result.opened.push_back({.at = at,
                             .layers = evaluator.layers(front[at].number),
                             .yaml = point_yaml(store, space, front[at].number)});
  return result;
}

}  // namespace bitloom::pipelines
