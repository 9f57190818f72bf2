// What stores hold.
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "pipelines/explore/explore.h"
#include "pipelines/explore/knob_values.h"
#include "pipelines/explore/store.h"
#include "pipelines/explore/store_about.h"
#include "pipelines/explore/summary.h"
#include "pipelines/explore/yaml_text.h"
#include "reports/hardware_json.h"
#include "reports/text/text_table.h"
#include "search/explore/front.h"

namespace bitloom::pipelines {
namespace {

/// What `--where` may name: knobs that are numbers, then costs.
std::vector<std::string> names_of(const StoreAbout& about) {
  std::vector<std::string> names;
  for (const hardware::VariedKey& knob : about.knobs)
    if (!numbers_of(knob).empty()) names.push_back(knob.key);
  for (const Metric& metric : about.metrics) names.push_back(metric.column);
  return names;
}

/// Where a point stands in a store's tables and conditions.
class PointReader {
 public:
  explicit PointReader(const StoreAbout& about) : about_(about), grid_(about.grid()) {
    for (const hardware::VariedKey& knob : about.knobs) numbers_.push_back(numbers_of(knob));
  }
  /// In the order of names_of.
  std::vector<double> numbers(const Evaluated& each) const {
    std::vector<double> values;
    const search::Choices choices = grid_.choices(each.point);
    for (std::size_t knob = 0; knob < choices.size(); ++knob)
      if (!numbers_[knob].empty()) values.push_back(numbers_[knob][choices[knob]]);
    values.insert(values.end(), each.metrics.begin(), each.metrics.end());
    return values;
  }
  std::vector<double> objectives(const Evaluated& each) const {
    std::vector<double> wanted;
    for (const std::size_t metric : about_.objectives)
      wanted.push_back(about_.metrics[metric].more_is_better ? -each.metrics[metric]
                                                             : each.metrics[metric]);
    return wanted;
  }

 private:
  const StoreAbout& about_;
  search::Grid grid_;
  std::vector<std::vector<double>> numbers_;  // [knob][value]; empty where values are no numbers
};

std::vector<reports::Refusals> sorted(const std::map<std::string, std::int64_t>& counts) {
  std::vector<reports::Refusals> refusals;
  for (const auto& [reason, count] : counts) refusals.push_back({reason, count});
  std::stable_sort(refusals.begin(), refusals.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  return refusals;
}

/// Drops the candidates that are not on the front any longer.
void keep_front(const search::Front& front, std::map<std::int64_t, Evaluated>& candidates) {
  std::map<std::int64_t, Evaluated> kept;
  for (const search::Valued& point : front.points()) kept.insert(candidates.extract(point.point));
  candidates = std::move(kept);
}

/// The front with the best in the first objective first.
std::vector<search::Valued> ordered(const search::Front& front) {
  std::vector<search::Valued> points = front.points();
  std::stable_sort(points.begin(), points.end(),
                   [](const auto& a, const auto& b) { return a.values < b.values; });
  return points;
}

reports::Exploration about_store(const Store& store, const std::optional<std::string>& where) {
  const StoreAbout& about = store.about();
  reports::Exploration result;
  result.store = store.path();
  result.space = about.space_path;
  result.technology = about.technology;
  result.space_points = about.grid().real_size();
  result.where = where;
  for (const hardware::VariedKey& knob : about.knobs) result.knobs.push_back(knob.key);
  for (std::size_t i = 0; i < about.metrics.size(); ++i)
    result.metrics.push_back(
        {about.metrics[i].column,
         std::find(about.objectives.begin(), about.objectives.end(), i) != about.objectives.end(),
         about.metrics[i].more_is_better});
  return result;
}

std::optional<search::Condition> condition_of(const std::optional<std::string>& where,
                                              const StoreAbout& about) {
  if (!where) return std::nullopt;
  try {
    return search::Condition::parse(*where, names_of(about));
  } catch (const UserError& wrong) {
    throw wrong.with_text(std::string("--where ") + wrong.what());
  }
}

}  // namespace

reports::ExploredPoint explored_point(const StoreAbout& about, const Evaluated& evaluated) {
  reports::ExploredPoint point{evaluated.point, {}, evaluated.metrics};
  const search::Choices choices = about.grid().choices(evaluated.point);
  for (std::size_t knob = 0; knob < choices.size(); ++knob)
    point.values.push_back(about.knobs[knob].values[choices[knob]]);
  return point;
}

reports::Exploration summary_of(Store& store, const std::optional<std::string>& where,
                                const std::function<void(const Evaluated&)>& matching) {
  const auto condition = condition_of(where, store.about());
  reports::Exploration result = about_store(store, where);
  const PointReader reader(store.about());
  search::Front front;
  constexpr std::size_t kFormer = 1024;          // kept of those that were on the front
  std::map<std::int64_t, Evaluated> candidates;  // those of the front, and some that were
  std::map<std::string, std::int64_t> refusals;
  store.for_each([&](const Evaluated& each) {
    ++result.points;
    if (!each.refusal.empty()) {
      ++refusals[each.refusal];
      return;
    }
    ++result.feasible;
    if (condition && !condition->holds(reader.numbers(each))) return;
    ++result.matching;
    if (matching) matching(each);
    if (!front.add({each.point, reader.objectives(each)})) return;
    candidates[each.point] = each;
    if (candidates.size() > 2 * front.size() + kFormer) keep_front(front, candidates);
  });
  result.refusals = sorted(refusals);
  for (const search::Valued& point : ordered(front)) {
    result.front.push_back(explored_point(store.about(), candidates.at(point.point)));
    result.equal += point.equal;
  }
  return result;
}

std::string none_feasible_text(const std::string& whose, const reports::Exploration& found) {
  constexpr std::size_t kMost = 3;
  std::string text = fmt::format("{}: none of {} points is feasible: ", whose, found.points);
  for (std::size_t i = 0; i < std::min(kMost, found.refusals.size()); ++i)
    text += fmt::format("{}{} {} refused by {}", i > 0 ? "; " : "", found.refusals[i].count,
                        found.refusals[i].count == 1 ? "is" : "are", found.refusals[i].reason);
  if (found.refusals.size() > kMost)
    text += fmt::format("; others by {} more reasons", found.refusals.size() - kMost);
  return text;
}

void warn_of_assumed_energies(const Space& space, const Host& host) {
  if (!space.assumed_energies.empty() && host.warning) host.warning(space.assumed_energies);
}

reports::Exploration show_store(const std::string& path, const std::optional<std::string>& where) {
  Store store = Store::read(path);
  return summary_of(store, where);
}

Space space_of_store(const Store& store, const Host& host) {
  const StoreAbout& about = store.about();
  require_this_version(store.path(), about);
  const auto read_space = [&] {
    try {
      return space_of(about.space_path, about.space_text, host);
    } catch (const UserError& wrong) {
      throw wrong.with_text(
          fmt::format("{}: its space cannot be read any longer: {}", store.path(), wrong.what()));
    }
  };
  Space space = read_space();
  if (space.fingerprint != about.fingerprint)
    throw UserError(
        fmt::format("{}: the hardware or the networks of its space have changed since it was "
                    "written: explore the space again into another store",
                    store.path()));
  return space;
}

std::string point_yaml(const Store& store, const Space& space, std::int64_t point) {
  const search::Choices choices = space.grid.choices(point);
  const hardware::Hardware machine = space.variants.with(choices);
  return reports::wrapped(fmt::format("Point {} of {} ({}): {} with", point, store.path(),
                                      store.about().space_path, space.hardware),
                          80, "# ") +
         settings_comment(space.variants.settings(choices)) +
         yaml_text(reports::hardware_json(machine));
}

std::string point_yaml(const std::string& path, std::int64_t point, const Host& host) {
  Store store = Store::read(path);
  const auto size = store.about().grid().size();
  if (point < 0 || !size || point >= *size)
    throw UserError(
        fmt::format("--point '{}': {} has points from 0 to {}", point, path, size.value_or(1) - 1));
  const Space space = space_of_store(store, host);
  const auto found = store.find(point);
  const std::string refusal = found ? found->refusal : "";
  return point_yaml(store, space, point)
      .insert(0, refusal.empty()
                     ? ""
                     : reports::wrapped("The space refuses this point: " + refusal, 80, "# "));
}

}  // namespace bitloom::pipelines
