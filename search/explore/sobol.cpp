#include <algorithm>
#include <unordered_set>

#include <boost/random/sobol.hpp>

#include "base/counter_random.h"
#include "search/explore/explorers.h"

namespace bitloom::search {
namespace {

/// Sobol's sequence, a dimension for each knob, shifted digit by digit by the seed. A point that
/// the sequence meets again is passed over.
class SobolExplorer final : public Explorer {
 public:
  explicit SobolExplorer(const ExplorerTask& task)
      : grid_(task.grid),
        left_(std::min(task.evaluations, *task.grid.size())),
        draws_(kDrawsForOne * left_),
        sequence_(task.grid.values().size()) {
    for (std::size_t knob = 0; knob < grid_.values().size(); ++knob)
      shift_.push_back(CounterRandom({task.seed, knob}).next());
  }
  std::vector<std::int64_t> ask() override {
    constexpr std::size_t kAtOnce = 1024;
    std::vector<std::int64_t> points;
    for (; left_ > 0 && draws_ > 0 && points.size() < kAtOnce; --draws_) {
      const std::int64_t point = draw();
      if (!seen_.insert(point).second) continue;
      points.push_back(point);
      --left_;
    }
    return points;
  }
  void tell(const std::vector<Outcome>&) override {}

 private:
  static constexpr std::int64_t kDrawsForOne = 64;

  std::int64_t draw() {
    Choices choices;
    for (std::size_t knob = 0; knob < shift_.size(); ++knob) {
      const std::uint64_t drawn = (sequence_() ^ shift_[knob]) >> 32;
      choices.push_back(static_cast<std::size_t>(drawn * grid_.values()[knob] >> 32));
    }
    return grid_.point(choices);
  }

  const Grid& grid_;
  std::int64_t left_, draws_;
  boost::random::sobol sequence_;
  std::vector<std::uint64_t> shift_;
  std::unordered_set<std::int64_t> seen_;
};

}  // namespace

std::unique_ptr<Explorer> sobol_explorer(const ExplorerTask& task) {
  return std::make_unique<SobolExplorer>(task);
}

}  // namespace bitloom::search
