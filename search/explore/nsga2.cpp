#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <unordered_set>

#include "base/random.h"
#include "search/explore/explorers.h"
#include "search/explore/front.h"

namespace bitloom::search {
namespace {

struct Member {
  Choices choices;
  bool is_feasible = false;
  std::vector<double> values;
  std::size_t rank = 0;  // 0: nobody dominates it; the refused come last
  double crowding = 0;   // how far its neighbours in the objectives are; more is better
};

/// Ranks by fronts that are peeled off one after the other (Deb et al., IEEE TEC 2002, section
/// III-A). What was refused has the rank behind all others.
void rank(std::vector<Member>& members) {
  const std::size_t count = members.size();
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < count; ++i) {
    members[i].rank = count;
    if (members[i].is_feasible) left.push_back(i);
  }
  for (std::size_t rank = 0; !left.empty(); ++rank) {
    std::vector<std::size_t> dominated;
    for (const std::size_t i : left) {
      const bool is_best = std::none_of(left.begin(), left.end(), [&](std::size_t j) {
        return dominates(members[j].values, members[i].values);
      });
      if (is_best)
        members[i].rank = rank;
      else
        dominated.push_back(i);
    }
    left = std::move(dominated);
  }
}

/// Crowding distances within each rank (section III-B).
void measure_crowding(std::vector<Member>& members, std::size_t objectives) {
  for (Member& member : members) member.crowding = 0;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (members[i].is_feasible) order.push_back(i);
  for (std::size_t k = 0; k < objectives; ++k) {
    const auto value = [&](std::size_t i) { return members[i].values[k]; };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(members[a].rank, value(a)) < std::pair(members[b].rank, value(b));
    });
    for (auto begin = order.begin(); begin != order.end();) {
      const auto end = std::find_if(begin, order.end(), [&](std::size_t i) {
        return members[i].rank != members[*begin].rank;
      });
      const double span = value(*(end - 1)) - value(*begin);
      for (auto at = begin; at != end; ++at)
        if (at == begin || at + 1 == end)
          members[*at].crowding = std::numeric_limits<double>::infinity();
        else if (span > 0)
          members[*at].crowding += (value(*(at + 1)) - value(*(at - 1))) / span;
      begin = end;
    }
  }
}

bool is_better(const Member& a, const Member& b) {
  return a.rank != b.rank ? a.rank < b.rank : a.crowding > b.crowding;
}

/// NSGA-II on knobs with ordered values: tournaments of two, uniform crossover, a mutation that
/// moves a knob to a value beside its own, or anywhere. A child that was there already mutates on.
class Nsga2Explorer final : public Explorer {
 public:
  explicit Nsga2Explorer(const ExplorerTask& task)
      : grid_(task.grid),
        objectives_(task.objectives),
        left_(std::min(task.evaluations, *task.grid.size())),
        size_(static_cast<std::size_t>(std::clamp<std::int64_t>(left_ / 10, kFewest, kMost))),
        random_(task.seed) {}

  std::vector<std::int64_t> ask() override {
    asked_.clear();
    std::vector<std::int64_t> points;
    for (std::size_t i = 0; i < size_ && left_ > 0; ++i) {
      auto child = new_child();
      if (!child) break;
      points.push_back(grid_.point(*child));
      asked_.emplace_back();
      asked_.back().choices = std::move(*child);
      --left_;
    }
    return points;
  }

  void tell(const std::vector<Outcome>& outcomes) override {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      asked_[i].is_feasible = outcomes[i].values.has_value();
      if (outcomes[i].values) asked_[i].values = *outcomes[i].values;
    }
    members_.insert(members_.end(), asked_.begin(), asked_.end());
    rank(members_);
    measure_crowding(members_, objectives_);
    std::stable_sort(members_.begin(), members_.end(), is_better);
    if (members_.size() > size_) members_.resize(size_);
  }

 private:
  static constexpr std::int64_t kFewest = 8, kMost = 64;

  /// A child that was never there; none where a thousand were.
  std::optional<Choices> new_child() {
    Choices child = members_.empty() ? anywhere() : crossed();
    constexpr int kTries = 1000;
    for (int tries = 0; tries < kTries; ++tries) {
      if (!members_.empty()) mutate(child);
      if (seen_.insert(grid_.point(child)).second) return child;
      if (members_.empty() || tries % 10 == 9) child = anywhere();
    }
    return std::nullopt;
  }
  Choices anywhere() {
    Choices choices;
    for (const std::size_t count : grid_.values())
      choices.push_back(static_cast<std::size_t>(draw_below(random_, count)));
    return choices;
  }
  const Choices& parent() {
    const Member& a = members_[draw_below(random_, members_.size())];
    const Member& b = members_[draw_below(random_, members_.size())];
    return is_better(b, a) ? b.choices : a.choices;
  }
  Choices crossed() {
    const Choices& b = parent();
    const Choices& a = parent();
    Choices child;
    for (std::size_t knob = 0; knob < a.size(); ++knob)
      child.push_back(draw_below(random_, 2) == 0 ? a[knob] : b[knob]);
    return child;
  }
  /// One knob on average.
  void mutate(Choices& choices) {
    for (std::size_t knob = 0; knob < choices.size(); ++knob) {
      const std::size_t count = grid_.values()[knob];
      if (count == 1 || draw_below(random_, choices.size()) > 0) continue;
      if (draw_below(random_, 4) == 0) {
        choices[knob] = static_cast<std::size_t>(draw_below(random_, count));
      } else {
        const bool up =
            choices[knob] == 0 || (choices[knob] + 1 < count && draw_below(random_, 2) == 0);
        choices[knob] = up ? choices[knob] + 1 : choices[knob] - 1;
      }
    }
  }

  const Grid& grid_;
  std::size_t objectives_;
  std::int64_t left_;
  std::size_t size_;
  std::mt19937_64 random_;
  std::vector<Member> members_, asked_;
  std::unordered_set<std::int64_t> seen_;
};

}  // namespace

std::unique_ptr<Explorer> nsga2_explorer(const ExplorerTask& task) {
  return std::make_unique<Nsga2Explorer>(task);
}

}  // namespace bitloom::search
