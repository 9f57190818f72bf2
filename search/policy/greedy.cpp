#include <algorithm>
#include <limits>

#include "search/policy/random_moves.h"
#include "search/policy/searcher.h"

namespace bitloom::search {
namespace {

class Greedy : public Searcher {
 public:
  explicit Greedy(const SearchTask& task)
      : space_(task.space),
        moves_(task.space, task.seed),
        episodes_(task.episodes),
        at_(task.start ? *task.start : task.space.highest()) {}

  Levels ask() override {
    if (++asks_ == episodes_ && !space_.keeps_limits(at_)) come_down();
    if (!reward_)
      asked_ = at_;
    else if (space_.keeps_limits(at_))
      asked_ = moves_.near(at_, 1);
    else
      asked_ = lowered(candidates_.front().operand);
    return asked_;
  }

  void tell(double reward) override {
    if (!reward_)
      start_from(asked_, reward);
    else if (space_.keeps_limits(at_))
      exchange(reward);
    else
      weigh(reward);
  }

 private:
  /// A level to take of an operand. Its price was measured when fewer had been taken, unless fresh:
  /// prices mostly grow as levels are taken, so that one which is still lowest is the lowest.
  struct Candidate {
    std::size_t operand;
    double price = -std::numeric_limits<double>::infinity();
    double reward = 0;
    bool fresh = false;
  };

  void start_from(const Levels& levels, double reward) {
    at_ = levels;
    reward_ = reward;
    for (std::size_t i = 0; i < space_.operands().size(); ++i) candidates_.push_back({i});
    drop_useless();
  }

  /// `at_` with so many levels less of `operand` that it costs less; `at_` where none does.
  Levels lowered(std::size_t operand) const {
    Levels levels = at_;
    while (levels[operand] > 0) {
      --levels[operand];
      if (space_.excess(levels) < space_.excess(at_)) return levels;
    }
    return at_;
  }

  void drop_useless() {
    std::erase_if(candidates_, [&](const Candidate& c) { return lowered(c.operand) == at_; });
    if (!candidates_.empty() || space_.keeps_limits(at_)) return;
    come_down();  // no level saves on its own
  }

  /// Out of episodes: what is left is taken as HAQ's wall does.
  void come_down() {
    space_.lower_to_limits(at_, space_.last_to_first());
    reward_.reset();
  }

  void weigh(double reward) {
    Candidate& candidate = candidates_.front();
    const double saved = space_.excess(at_) - space_.excess(asked_);
    candidate = {candidate.operand, (*reward_ - reward) / saved, reward, true};
    while (reward_ && !space_.keeps_limits(at_)) {
      const auto cheapest = std::min_element(
          candidates_.begin(), candidates_.end(),
          [](const Candidate& a, const Candidate& b) { return a.price < b.price; });
      std::iter_swap(candidates_.begin(), cheapest);
      if (!candidates_.front().fresh) return;
      take(candidates_.front());
    }
  }

  void take(const Candidate& candidate) {
    const double reward = candidate.reward;
    at_ = lowered(candidate.operand);
    reward_ = reward;
    for (Candidate& each : candidates_) each.fresh = false;
    drop_useless();
  }

  void exchange(double reward) {
    if (reward <= *reward_) return;
    at_ = asked_;
    reward_ = reward;
  }

  const PolicySpace& space_;
  RandomMoves moves_;
  std::int64_t episodes_, asks_ = 0;
  Levels at_, asked_;
  std::optional<double> reward_;  // of at_
  std::vector<Candidate> candidates_;
};

}  // namespace

std::unique_ptr<Searcher> greedy_searcher(const SearchTask& task) {
  return std::make_unique<Greedy>(task);
}

}  // namespace bitloom::search
