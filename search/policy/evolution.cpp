#include <deque>

#include "search/policy/random_moves.h"
#include "search/policy/searcher.h"

namespace bitloom::search {
namespace {

constexpr std::size_t kPopulation = 20;
constexpr std::size_t kSample = 10;
constexpr int kMostMutations = 4;

class Evolution : public Searcher {
 public:
  explicit Evolution(const SearchTask& task) : start_(task.start), moves_(task.space, task.seed) {}

  Levels ask() override {
    asked_ = next();
    return asked_;
  }

  void tell(double reward) override {
    population_.push_back({asked_, reward});
    if (population_.size() > kPopulation) population_.pop_front();
  }

 private:
  struct Member {
    Levels levels;
    double reward;
  };

  Levels next() {
    if (population_.empty() && start_) return *start_;
    if (population_.size() < kPopulation)
      return start_ ? moves_.near(*start_, changes()) : moves_.anywhere();
    return moves_.near(parent().levels, changes());
  }

  int changes() { return 1 + static_cast<int>(moves_.below(kMostMutations)); }

  const Member& parent() {
    const Member* best = nullptr;
    for (std::size_t i = 0; i < kSample; ++i) {
      const Member& member = population_[moves_.below(population_.size())];
      if (!best || member.reward > best->reward) best = &member;
    }
    return *best;
  }

  std::optional<Levels> start_;
  RandomMoves moves_;
  std::deque<Member> population_;  // oldest first
  Levels asked_;
};

}  // namespace

std::unique_ptr<Searcher> evolution_searcher(const SearchTask& task) {
  return std::make_unique<Evolution>(task);
}

}  // namespace bitloom::search
