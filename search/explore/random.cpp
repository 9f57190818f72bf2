#include <algorithm>
#include <random>
#include <unordered_set>

#include "base/random.h"
#include "search/explore/explorers.h"

namespace bitloom::search {
namespace {

/// Each point with the same chance, none twice. Where most points are drawn they are shuffled, else
/// drawn again where one was there already.
class RandomExplorer final : public Explorer {
 public:
  explicit RandomExplorer(const ExplorerTask& task)
      : size_(*task.grid.size()), left_(std::min(task.evaluations, size_)), random_(task.seed) {
    if (left_ <= size_ / 2) return;
    for (std::int64_t point = 0; point < size_; ++point) shuffled_.push_back(point);
    shuffle(shuffled_, random_);
  }
  std::vector<std::int64_t> ask() override {
    constexpr std::int64_t kAtOnce = 1024;
    std::vector<std::int64_t> points;
    for (std::int64_t i = std::min(left_, kAtOnce); i > 0; --i, --left_) points.push_back(draw());
    return points;
  }
  void tell(const std::vector<Outcome>&) override {}

 private:
  std::int64_t draw() {
    if (!shuffled_.empty()) return shuffled_[static_cast<std::size_t>(left_ - 1)];
    for (;;) {
      const std::int64_t point = draw_between(random_, 0, size_ - 1);
      if (seen_.insert(point).second) return point;
    }
  }

  std::int64_t size_, left_;
  std::mt19937_64 random_;
  std::vector<std::int64_t> shuffled_;
  std::unordered_set<std::int64_t> seen_;
};

}  // namespace

std::unique_ptr<Explorer> random_explorer(const ExplorerTask& task) {
  return std::make_unique<RandomExplorer>(task);
}

}  // namespace bitloom::search
