#include "pipelines/explore/explore.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "pipelines/explore/evaluator.h"
#include "pipelines/explore/store.h"
#include "pipelines/explore/summary.h"
#include "search/explore/dominated_share.h"
#include "search/explore/explorers.h"
#include "search/explore/front.h"

namespace bitloom::pipelines {
namespace {

constexpr std::int64_t kUsualEvaluations = 2000;

const search::ExplorerKind& kind_of(const ExploreOptions& options, const Space& space) {
  const search::Grid& grid = space.grid;
  const search::ExplorerKind& kind =
      options.strategy ? search::find_explorer(*options.strategy) : search::usual_explorer(grid);
  search::require_feasible_size(kind, grid);
  if (kind.asks_all && options.evaluations)
    throw UserError(
        fmt::format("--evaluations: {} evaluates every point; leave it out, or take "
                    "another --strategy",
                    kind.name));
  if (kind.wants_moves && space.chooses_bits())
    throw UserError(
        fmt::format("--strategy {}: goes with bits that are given; take nsga2 where "
                    "they are chosen on each machine",
                    kind.name));
  if (kind.listens && options.shard.of > 1)
    throw UserError(
        fmt::format("--shard: goes with exhaustive, random and sobol; {} asks by what "
                    "it is told",
                    kind.name));
  return kind;
}

/// Asks, evaluates, stores and tells, until the strategy has ended.
class ExploreRun {
 public:
  ExploreRun(const ExploreOptions& options, const Space& space, Store& store, const Host& host,
             const MakeCrew& make_crew)
      : options_(options),
        space_(space),
        store_(store),
        evaluator_(space),
        crew_(make_crew ? make_crew(space, evaluator_) : forked_crew(evaluator_, options.jobs)),
        at_once_(kFirst * crew_->size()),
        step_(host, "explore", "points") {}

  void run() {
    const search::ExplorerKind& kind = kind_of(options_, space_);
    const std::int64_t evaluations =
        kind.asks_all
            ? *space_.grid.size()
            : std::min(options_.evaluations.value_or(kUsualEvaluations), *space_.grid.size());
    of_ = (evaluations + options_.shard.of - options_.shard.index) / options_.shard.of;
    has_points_ = store_.size() > 0;
    reports::ExploredRun asked_for{
        .strategy = std::string(kind.name),
        .seed = kind.asks_all ? std::nullopt : std::optional(std::to_string(options_.seed)),
        .evaluations = evaluations,
        .shard = options_.shard.index,
        .shards = options_.shard.of};
    store_.add_run(asked_for);
    const auto explorer =
        kind.make({.grid = space_.grid,
                   .evaluations = evaluations,
                   .seed = options_.seed,
                   .objectives = space_.objectives.size(),
                   .moves = [&](std::int64_t point) { return evaluator_.moves(point); }});
    for (auto asked = explorer->ask(); !asked.empty(); asked = explorer->ask())
      explorer->tell(outcomes_of(own_part(asked)));
    asked_for.has_ended = true;
    store_.add_run(asked_for);
  }

 private:
  std::vector<std::int64_t> own_part(const std::vector<std::int64_t>& asked) {
    std::vector<std::int64_t> own;
    for (const std::int64_t point : asked)
      if (asked_++ % options_.shard.of == options_.shard.index - 1) own.push_back(point);
    return own;
  }

  std::vector<search::Outcome> outcomes_of(const std::vector<std::int64_t>& points) {
    std::vector<Evaluated> known;
    std::vector<std::int64_t> wanted;
    for (const std::int64_t point : points) {
      auto found = has_points_ ? store_.find(point) : std::nullopt;
      if (found)
        known.push_back(std::move(*found));
      else
        wanted.push_back(point);
    }
    already_ += static_cast<double>(known.size());
    if (!known.empty()) tell(known);
    for (auto begin = wanted.begin(); begin != wanted.end();) {
      const auto end = begin + std::min(at_once_, wanted.end() - begin);
      std::vector<Evaluated> made = made_of({begin, end});
      tell(made);
      std::move(made.begin(), made.end(), std::back_inserter(known));
      begin = end;
    }
    return in_order(points, known);
  }

  /// Evaluates points and stores them. From their time follows how many are made at once next: so
  /// many that a process that is killed loses about a second, and that starting processes takes
  /// little of it.
  std::vector<Evaluated> made_of(const std::vector<std::int64_t>& points) {
    constexpr double kFewSeconds = 0.5, kManySeconds = 2;
    const auto start = std::chrono::steady_clock::now();
    std::vector<Evaluated> made = crew_->evaluate(points);
    store_.add(made);
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    const auto count = static_cast<std::ptrdiff_t>(points.size());
    if (time.count() < kFewSeconds)
      at_once_ = std::max(at_once_, 2 * count);
    else if (time.count() > kManySeconds)
      at_once_ = std::max<std::ptrdiff_t>(crew_->size(), count / 2);
    return made;
  }

  void tell(const std::vector<Evaluated>& evaluated) {
    for (const Evaluated& each : evaluated)
      if (each.refusal.empty()) add_to_front({each.point, space_.objectives_of(each.metrics)});
    done_ += static_cast<double>(evaluated.size());
    step_.begin_at(already_);
    step_.update(done_, of_, fmt::format(", front of {}", front_.size()),
                 [&] { return hypervolume_text(); });
  }

  void add_to_front(search::Valued point) {
    if (least_.empty()) least_ = most_ = point.values;
    for (std::size_t i = 0; i < point.values.size(); ++i) {
      least_[i] = std::min(least_[i], point.values[i]);
      most_[i] = std::max(most_[i], point.values[i]);
    }
    front_.add(std::move(point));
  }

  /// Of the box between the best and the worst of all feasible points the share that the front
  /// dominates.
  std::string hypervolume_text() const {
    std::vector<std::vector<double>> points;
    for (search::Valued& point : front_.points()) points.push_back(std::move(point.values));
    if (points.empty()) return "";
    const search::QuickShare share = search::quick_dominated_share(points, least_, most_);
    return share.is_exact ? fmt::format(", hypervolume {:.4f}", share.value)
                          : fmt::format(", hypervolume about {:.2f}", share.value);
  }

  std::vector<search::Outcome> in_order(const std::vector<std::int64_t>& points,
                                        const std::vector<Evaluated>& evaluated) const {
    std::map<std::int64_t, const Evaluated*> by_number;
    for (const Evaluated& each : evaluated) by_number[each.point] = &each;
    std::vector<search::Outcome> outcomes;
    for (const std::int64_t point : points) {
      const Evaluated& each = *by_number.at(point);
      outcomes.push_back({point, {}});
      if (each.refusal.empty()) outcomes.back().values = space_.objectives_of(each.metrics);
    }
    return outcomes;
  }

  static constexpr std::ptrdiff_t kFirst = 4;  // points of a process

  const ExploreOptions& options_;
  const Space& space_;
  Store& store_;
  Evaluator evaluator_;
  std::unique_ptr<Crew> crew_;
  search::Front front_;
  std::vector<double> least_ = {}, most_ = {};  // of all feasible points' objectives
  std::ptrdiff_t at_once_;                      // points
  bool has_points_ = false;
  std::int64_t asked_ = 0, of_ = 0;
  double done_ = 0, already_ = 0;
  Step step_;  // last: what it tells asks the others
};

}  // namespace

reports::Exploration explore(const ExploreOptions& options, const Host& host,
                             const MakeCrew& make_crew) {
  const Space space = load_space(options.space, host);
  kind_of(options, space);
  warn_of_assumed_energies(space, host);
  Store store = Store::open(options.store, about_of(space));
  if (host.resumable) host.resumable();
  ExploreRun(options, space, store, host, make_crew).run();
  reports::Exploration result = summary_of(store, std::nullopt);
  result.technology = space.technology;
  store.finish();
  if (result.feasible == 0 && options.shard.of == 1)
    throw UserError(none_feasible_text(space.path, result));
  return result;
}

}  // namespace bitloom::pipelines
