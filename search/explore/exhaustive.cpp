#include <algorithm>

#include "search/explore/explorers.h"

namespace bitloom::search {
namespace {

class ExhaustiveExplorer final : public Explorer {
 public:
  explicit ExhaustiveExplorer(const ExplorerTask& task) : size_(*task.grid.size()) {}
  std::vector<std::int64_t> ask() override {
    constexpr std::int64_t kAtOnce = 1024;
    std::vector<std::int64_t> points;
    for (const std::int64_t end = std::min(next_ + kAtOnce, size_); next_ < end; ++next_)
      points.push_back(next_);
    return points;
  }
  void tell(const std::vector<Outcome>&) override {}

 private:
  std::int64_t size_;
  std::int64_t next_ = 0;
};

}  // namespace

std::unique_ptr<Explorer> exhaustive_explorer(const ExplorerTask& task) {
  return std::make_unique<ExhaustiveExplorer>(task);
}

}  // namespace bitloom::search
