#include <algorithm>
#include <random>
#include <unordered_set>

#include "base/random.h"
#include "search/explore/explorers.h"
#include "search/explore/front.h"

namespace bitloom::search {
namespace {

/// Starts from the middle, both ends and some points that it draws. Goes on from points of the
/// front: to the moves that shorten what takes most of a point's time, and to those that cost it
/// nothing, which may save the rest. Where all of the front has been gone on from, to its other
/// neighbours, and then anywhere. After the explainable exploration of Dave et al.
/// (Explainable-DSE, ASPLOS 2023), with the moves priced in place of a model of bottlenecks.
class BottleneckExplorer final : public Explorer {
 public:
  explicit BottleneckExplorer(const ExplorerTask& task)
      : task_(task),
        left_(std::min(task.evaluations, *task.grid.size())),
        at_once_(static_cast<std::size_t>(std::clamp<std::int64_t>(left_ / 16, 4, 32))),
        random_(task.seed) {}

  std::vector<std::int64_t> ask() override {
    asked_.clear();
    if (seen_.empty()) {
      for (const double part : {0.5, 0.0, 1.0}) take(at_part(part));
      for (std::size_t drawn = 0; drawn < at_once_; ++drawn)
        take(draw_between(random_, 0, *task_.grid.size() - 1));
    } else {
      go_on_from_front();
      if (asked_.empty()) take_neighbours();
    }
    constexpr int kTries = 1000;
    for (int tries = 0; asked_.empty() && left_ > 0 && tries < kTries; ++tries)
      take(draw_between(random_, 0, *task_.grid.size() - 1));
    return asked_;
  }

  void tell(const std::vector<Outcome>& outcomes) override {
    for (const Outcome& outcome : outcomes)
      if (outcome.values) front_.add({outcome.point, *outcome.values});
  }

 private:
  void take(std::int64_t point) {
    if (left_ == 0 || !seen_.insert(point).second) return;
    asked_.push_back(point);
    --left_;
  }

  std::int64_t at_part(double part) const {
    Choices choices;
    for (const std::size_t count : task_.grid.values())
      choices.push_back(static_cast<std::size_t>(part * static_cast<double>(count - 1)));
    return task_.grid.point(choices);
  }

  /// The points of the front in an order drawn anew.
  std::vector<std::int64_t> front_points() {
    std::vector<std::int64_t> points;
    for (const Valued& each : front_.points()) points.push_back(each.point);
    shuffle(points, random_);
    return points;
  }

  void go_on_from_front() {
    for (const std::int64_t point : front_points()) {
      if (asked_.size() >= at_once_) return;
      if (task_.moves && expanded_.insert(point).second) take_best(task_.moves(point));
    }
  }

  /// The two moves that save most, and up to three that cost less than a hundredth.
  void take_best(std::vector<Move> moves) {
    constexpr std::size_t kBest = 2, kFree = 3;
    constexpr double kNothing = 0.01;
    std::stable_sort(moves.begin(), moves.end(),
                     [](const Move& a, const Move& b) { return a.saved > b.saved; });
    std::size_t best = 0, free = 0;
    for (const Move& move : moves)
      if (move.saved > kNothing ? best++ < kBest : move.saved > -kNothing && free++ < kFree)
        take(move.to);
  }

  void take_neighbours() {
    for (const std::int64_t point : front_points()) {
      const Choices choices = task_.grid.choices(point);
      for (std::size_t knob = 0; knob < choices.size() && asked_.size() < at_once_; ++knob)
        for (const bool up : {true, false}) {
          Choices other = choices;
          if (up ? other[knob] + 1 == task_.grid.values()[knob] : other[knob] == 0) continue;
          other[knob] = up ? other[knob] + 1 : other[knob] - 1;
          take(task_.grid.point(other));
        }
    }
  }

  ExplorerTask task_;
  std::int64_t left_;
  std::size_t at_once_;  // points of a round, fewer where few may be asked for
  std::mt19937_64 random_;
  Front front_;
  std::unordered_set<std::int64_t> seen_, expanded_;
  std::vector<std::int64_t> asked_;
};

}  // namespace

std::unique_ptr<Explorer> bottleneck_explorer(const ExplorerTask& task) {
  return std::make_unique<BottleneckExplorer>(task);
}

}  // namespace bitloom::search
