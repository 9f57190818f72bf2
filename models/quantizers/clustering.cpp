#include "models/quantizers/clustering.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bitloom::nn {
namespace {

constexpr int kMostSteps = 300;

/// The distinct values in ascending order, and sums over those before each: a cluster is a range
/// of them, and its mean and spread cost no walk.
struct Sorted {
  std::vector<double> values;
  std::vector<double> counts{0}, sums{0}, squares{0};

  explicit Sorted(std::span<const float> unsorted) {
    std::vector<float> sorted(unsorted.begin(), unsorted.end());
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        values.push_back(sorted[i]);
        counts.push_back(counts.back());
        sums.push_back(sums.back());
        squares.push_back(squares.back());
      }
      counts.back() += 1;
      sums.back() += values.back();
      squares.back() += values.back() * values.back();
    }
  }

  double mean(std::size_t begin, std::size_t end) const {
    return (sums[end] - sums[begin]) / (counts[end] - counts[begin]);
  }
  /// Summed squared distances of values [begin, end) to `center`.
  double spread(std::size_t begin, std::size_t end, double center) const {
    const double sum = squares[end] - squares[begin] - 2 * center * (sums[end] - sums[begin]) +
                       center * center * (counts[end] - counts[begin]);
    return std::max(sum, 0.0);
  }
};

/// Non-negative numbers, of which one is drawn in proportion to its size in logarithmic time.
class Lottery {
 public:
  explicit Lottery(std::size_t size) : leaves_(std::bit_ceil(size)), tree_(2 * leaves_) {}

  void set(std::size_t i, double weight) {
    tree_[i += leaves_] = weight;
    while (i /= 2) tree_[i] = tree_[2 * i] + tree_[2 * i + 1];
  }
  double total() const { return tree_[1]; }
  /// The number in which `at`, in [0, total()), falls; `at` becomes the place in it.
  std::size_t draw(double& at) const {
    std::size_t i = 1;
    while (i < leaves_) {
      i *= 2;
      if (at >= tree_[i] && tree_[i + 1] > 0) at -= tree_[i++];
    }
    return i - leaves_;
  }

 private:
  std::size_t leaves_;
  std::vector<double> tree_;
};

/// k-means++: each center is a value, drawn in proportion to its squared distance to the nearest
/// center before it. In one dimension a new center only changes the gap that it falls in.
class Seeding {
 public:
  Seeding(const Sorted& sorted, std::size_t centers, std::mt19937_64& random)
      : sorted_(sorted), random_(random), weights_(centers + 1) {
    const double at = uniform() * sorted.counts.back();
    const auto first =
        static_cast<std::size_t>(std::upper_bound(sorted.counts.begin(), sorted.counts.end(), at) -
                                 sorted.counts.begin() - 1);
    centers_.push_back(first);
    add_gap({kNone, first});
    add_gap({first, kNone});
    while (centers_.size() < centers && weights_.total() > 0) split_a_gap();
  }

  /// Positions of the centers in ascending order.
  std::vector<std::size_t> centers() && {
    std::sort(centers_.begin(), centers_.end());
    return std::move(centers_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Gap {
    std::size_t left, right;  // the centers around it
  };

  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  std::size_t begin(const Gap& gap) const { return gap.left == kNone ? 0 : gap.left + 1; }
  std::size_t end(const Gap& gap) const {
    return gap.right == kNone ? sorted_.values.size() : gap.right;
  }
  /// Where the values of `gap` begin that are nearer to its right center.
  std::size_t middle(const Gap& gap) const {
    if (gap.left == kNone) return begin(gap);
    if (gap.right == kNone) return end(gap);
    const double halfway = (sorted_.values[gap.left] + sorted_.values[gap.right]) / 2;
    const auto start = sorted_.values.begin();
    return static_cast<std::size_t>(
        std::upper_bound(start + static_cast<std::ptrdiff_t>(begin(gap)),
                         start + static_cast<std::ptrdiff_t>(end(gap)), halfway) -
        start);
  }
  /// Summed squared distances to their nearest center of the values of `gap` before `stop`.
  double spread(const Gap& gap, std::size_t middle, std::size_t stop) const {
    double sum = 0;
    const std::size_t left_stop = std::min(middle, stop);
    if (left_stop > begin(gap))
      sum += sorted_.spread(begin(gap), left_stop, sorted_.values[gap.left]);
    if (stop > middle) sum += sorted_.spread(middle, stop, sorted_.values[gap.right]);
    return sum;
  }

  void set_gap(std::size_t i, const Gap& gap) {
    gaps_[i] = gap;
    weights_.set(i, begin(gap) < end(gap) ? spread(gap, middle(gap), end(gap)) : 0);
  }
  void add_gap(const Gap& gap) {
    gaps_.push_back(gap);
    set_gap(gaps_.size() - 1, gap);
  }

  void split_a_gap() {
    double at = uniform() * weights_.total();
    const std::size_t drawn = weights_.draw(at);
    const Gap gap = gaps_[drawn];
    const std::size_t turn = middle(gap);
    std::size_t low = begin(gap), high = end(gap) - 1;
    while (low < high) {  // the first value up to which the distances pass `at`
      const std::size_t between = low + (high - low) / 2;
      if (spread(gap, turn, between + 1) > at)
        high = between;
      else
        low = between + 1;
    }
    centers_.push_back(low);
    set_gap(drawn, {gap.left, low});
    add_gap({low, gap.right});
  }

  const Sorted& sorted_;
  std::mt19937_64& random_;
  Lottery weights_;
  std::vector<Gap> gaps_;
  std::vector<std::size_t> centers_;
};

/// Where each cluster's values end when each goes to the nearest of `centers`.
std::vector<std::size_t> ends_of(const Sorted& sorted, const std::vector<double>& centers) {
  std::vector<std::size_t> ends;
  for (std::size_t k = 0; k + 1 < centers.size(); ++k)
    ends.push_back(
        static_cast<std::size_t>(std::upper_bound(sorted.values.begin(), sorted.values.end(),
                                                  (centers[k] + centers[k + 1]) / 2) -
                                 sorted.values.begin()));
  ends.push_back(sorted.values.size());
  return ends;
}

/// Where each cluster's values end when Lloyd's steps have come to rest.
std::vector<std::size_t> lloyd(const Sorted& sorted, std::vector<double> centers) {
  std::vector<std::size_t> ends = ends_of(sorted, centers);
  for (int step = 0; step < kMostSteps; ++step) {
    std::size_t begin = 0;
    for (std::size_t k = 0; k < centers.size(); ++k) {
      if (begin < ends[k]) centers[k] = sorted.mean(begin, ends[k]);
      begin = ends[k];
    }
    auto next = ends_of(sorted, centers);
    if (next == ends) break;
    ends = std::move(next);
  }
  return ends;
}

}  // namespace

std::vector<int> cluster(std::span<const float> values, int clusters, std::mt19937_64& random) {
  if (values.empty()) return {};
  const Sorted sorted(values);
  std::vector<double> centers;
  for (const std::size_t at : Seeding(sorted, static_cast<std::size_t>(clusters), random).centers())
    centers.push_back(sorted.values[at]);
  const std::vector<std::size_t> ends = lloyd(sorted, std::move(centers));
  std::vector<double> last;  // of each cluster
  for (const std::size_t end : ends) last.push_back(end == 0 ? -INFINITY : sorted.values[end - 1]);
  std::vector<int> result;
  result.reserve(values.size());
  for (const float value : values)
    result.push_back(
        static_cast<int>(std::lower_bound(last.begin(), last.end(), value) - last.begin()));
  return result;
}

}  // namespace bitloom::nn
