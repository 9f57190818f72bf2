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

}  // namespace bitloom::search
