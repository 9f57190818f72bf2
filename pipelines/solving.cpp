#include "pipelines/solving.h"

#include <fmt/format.h>

#include "base/cost_names.h"

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

namespace {

std::string missing_text(const search::Sweep& found, const std::string& cost, std::size_t points) {
  if (!found.has_ends)
    return found.finished ? "no points: no policy keeps the other limits"
                          : "no points: the search for an end of it ended early, without a policy";
  if (found.unanswered.empty()) return "";
  const std::size_t missing = found.unanswered.size();
  const ShownCost shown = shown_cost(cost, found.unanswered.front());
  return fmt::format("{} of {} points {} at a limit of {} {}: the search ended early there",
                     missing, points, missing == 1 ? "is missing," : "are missing, the first",
                     shown.name, shown.text(found.unanswered.front(), 6));
}

}  // namespace

std::vector<search::SweepPoint> frontier(const std::string& cost,
                                         const std::vector<search::Limit>& limits,
                                         std::size_t points, std::optional<double> seconds,
                                         const std::string& name, const Host& host,
                                         const search::Solver& solver,
                                         const search::FindEnds& find_ends) {
  search::Sweep found;
  {
    Step step(host, name);
    found = search::sweep(
        limits, points, solver, find_ends,
        [&](std::size_t done) {
          step.update(static_cast<double>(done), static_cast<std::int64_t>(points));
        },
        [&] { return telling(seconds, step); });
  }
  const std::string missing = missing_text(found, cost, points);
  if (!missing.empty() && host.warning) host.warning(name + ": " + missing);
  return std::move(found.points);
}

}  // namespace bitloom::pipelines
