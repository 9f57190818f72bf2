#include "search/policy/random_moves.h"
#include "search/policy/searcher.h"

namespace bitloom::search {
namespace {

class RandomSearch : public Searcher {
 public:
  explicit RandomSearch(const SearchTask& task)
      : start_(task.start), moves_(task.space, task.seed) {}

  Levels ask() override {
    if (!start_) return moves_.anywhere();
    const Levels start = *start_;
    start_.reset();
    return start;
  }
  void tell(double) override {}

 private:
  std::optional<Levels> start_;
  RandomMoves moves_;
};

}  // namespace

std::unique_ptr<Searcher> random_searcher(const SearchTask& task) {
  return std::make_unique<RandomSearch>(task);
}

const std::vector<SearcherKind>& searcher_kinds() {
  static const std::vector<SearcherKind> kinds{
      {"random", "policies drawn at random within the budgets", random_searcher},
      {"evolve", "regularized evolution (Real et al. 2019)", evolution_searcher},
      {"anneal", "simulated annealing (Kirkpatrick et al. 1983)", annealing_searcher},
      {"greedy", "one level less where it loses least per cost saved", greedy_searcher}};
  return kinds;
}

}  // namespace bitloom::search
