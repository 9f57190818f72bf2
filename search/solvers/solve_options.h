#pragma once

#include <chrono>
#include <functional>
#include <optional>

namespace bitloom::search {

/// Until when a solver may work and who hears of it.
struct SolveOptions {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> deadline = {};
  /// Hears now and then how far objective and bound still are apart, of the objective.
  std::function<void(double gap)> progress = {};

  bool is_late() const { return deadline && Clock::now() >= *deadline; }
};

/// Work that ends so many seconds from now; without a number, when it is done.
inline SolveOptions ending_in(std::optional<double> seconds) {
  if (!seconds) return {};
  const std::chrono::duration<double> time(*seconds);
  return {.deadline = SolveOptions::Clock::now() +
                      std::chrono::duration_cast<SolveOptions::Clock::duration>(time)};
}

}  // namespace bitloom::search
