#include "pipelines/solving.h"

#include <fmt/format.h>

namespace bitloom::pipelines {

search::SolveOptions telling(std::optional<double> seconds, Step& step) {
  search::SolveOptions solving = search::ending_in(seconds);
  solving.progress = [&step](const search::SolveProgress& now) {
    step.tell(now.objective
                  ? fmt::format("best {:.6g}, bound {:.6g}, gap {:.2g} %", *now.objective,
                                now.bound, 100 * search::relative_gap(*now.objective, now.bound))
                  : fmt::format("no policy within the budgets yet, bound {:.6g}", now.bound));
  };
  return solving;
}

std::vector<search::SweepPoint> frontier(const search::Problem& problem,
                                         const std::vector<search::Limit>& limits,
                                         std::size_t points, std::optional<double> seconds,
                                         const std::string& name, const Host& host,
                                         const search::Solver& solver) {
  Step step(host, name);
  return search::sweep(
      problem, limits, points, solver,
      [&](std::size_t done) {
        step.update(static_cast<double>(done), static_cast<std::int64_t>(points));
      },
      [&] { return telling(seconds, step); });
}

}  // namespace bitloom::pipelines
