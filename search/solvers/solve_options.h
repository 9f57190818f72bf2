#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

namespace bitloom::search {

/// How far a search is.
struct SolveProgress {
  std::optional<double> objective;  // of the best solution so far
  double bound;                     // no solution is better
};

/// By how much a solution may be worse than the best, of its own objective.
inline double relative_gap(double objective, double bound) {
  return (objective - bound) / std::max(std::abs(objective), std::numeric_limits<double>::min());
}

/// Until when a solver may work and who hears of it.
struct SolveOptions {
  using Clock = std::chrono::steady_clock;
  static constexpr std::int64_t kMostLabels = 30'000'000;  // about a minute

  std::optional<Clock::time_point> deadline = {};
  std::int64_t most_labels = kMostLabels;  // as a deadline, but the same on every machine
  std::function<void(const SolveProgress&)> progress = {};

  bool is_late() const { return deadline && Clock::now() >= *deadline; }
};

/// Work that ends so many seconds from now; without a number, after kMostLabels.
inline SolveOptions ending_in(std::optional<double> seconds) {
  if (!seconds) return {};
  const std::chrono::duration<double> time(*seconds);
  return {.deadline = SolveOptions::Clock::now() +
                      std::chrono::duration_cast<SolveOptions::Clock::duration>(time),
          .most_labels = std::numeric_limits<std::int64_t>::max()};
}

}  // namespace bitloom::search
