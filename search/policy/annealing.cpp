#include <algorithm>
#include <cmath>

#include "search/policy/random_moves.h"
#include "search/policy/searcher.h"

namespace bitloom::search {
namespace {

constexpr double kProbed = 0.05;     // of the episodes: random policies, of which the best starts
constexpr double kHottest = 0.02;    // temperature at first, in standard deviations of their reward
constexpr double kColdest = 0.0005;  // and in the last episode
constexpr int kMostChanges = 6;

class Annealing : public Searcher {
 public:
  explicit Annealing(const SearchTask& task)
      : episodes_(task.episodes),
        probes_(std::max<std::int64_t>(2, std::llround(kProbed * static_cast<double>(episodes_)))),
        start_(task.start),
        moves_(task.space, task.seed) {}

  Levels ask() override {
    if (told_ >= probes_)
      asked_ = moves_.near(at_, 1 + static_cast<int>(moves_.below(kMostChanges)));
    else if (start_)
      asked_ = told_ == 0 ? *start_ : moves_.near(*start_, kMostChanges);
    else
      asked_ = moves_.anywhere();
    return asked_;
  }

  void tell(double reward) override {
    if (told_ < probes_) {
      sum_ += reward;
      sum_of_squares_ += reward * reward;
    }
    const double worse_by = reward_ - reward;
    const bool accepted = told_ < probes_ ? worse_by < 0 : worse_by <= 0 || takes(worse_by);
    if (told_ == 0 || accepted) {
      at_ = asked_;
      reward_ = reward;
    }
    ++told_;
  }

  std::optional<double> noise() const override {
    return told_ < probes_ ? std::nullopt : std::optional(temperature());
  }

 private:
  bool takes(double worse_by) {
    return temperature() > 0 && moves_.real() < std::exp(-worse_by / temperature());
  }

  double temperature() const {
    const double n = static_cast<double>(probes_);
    const double deviation = std::sqrt(std::max(0.0, sum_of_squares_ / n - sum_ * sum_ / (n * n)));
    const double done = static_cast<double>(told_ - probes_) /
                        static_cast<double>(std::max<std::int64_t>(1, episodes_ - probes_));
    return deviation * kHottest * std::pow(kColdest / kHottest, done);
  }

  std::int64_t episodes_, probes_;
  std::optional<Levels> start_;
  RandomMoves moves_;
  std::int64_t told_ = 0;
  double sum_ = 0, sum_of_squares_ = 0;
  Levels asked_, at_;
  double reward_ = 0;
};

}  // namespace

std::unique_ptr<Searcher> annealing_searcher(const SearchTask& task) {
  return std::make_unique<Annealing>(task);
}

}  // namespace bitloom::search
