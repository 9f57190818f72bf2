#include <pybind11/stl.h>

#include "base/error.h"
#include "pipelines/solving.h"
#include "python/calls.h"
#include "python/results.h"
#include "reports/solutions.h"
#include "reports/text/solutions.h"
#include "search/problem/problem_file.h"

namespace bitloom::python {
namespace {

/// A problem with the policies that were found for its budgets.
struct Solved {
  search::Problem problem;
  std::vector<reports::NamedSolution> solutions;
  std::vector<reports::UnsolvedBudget> unsolved;
};

/// The best policy of a budget, or of least cost at a given omega.
struct Asked {
  std::optional<std::string> minimize;
  std::optional<double> max_omega;
  std::optional<double> seconds;
};

search::Query query_of(const search::Problem& problem, const search::Budget& budget,
                       const Asked& asked) {
  search::Query query{.limits = budget.limits, .max_omega = asked.max_omega};
  if (asked.minimize) query.minimize_cost = search::cost_index(problem, *asked.minimize);
  return query;
}

Solved solve(const std::string& text, const std::optional<std::string>& minimize,
             std::optional<double> max_omega, std::optional<double> seconds,
             const py::object& progress) {
  return called("", progress, [&](const pipelines::Host& host) {
    Solved solved{search::parse_problem("problem", text), {}, {}};
    for (const search::Budget& budget : solved.problem.budgets) {
      const search::Query query = query_of(solved.problem, budget, {minimize, max_omega, seconds});
      pipelines::Step step(host, "search");
      const search::SolveOptions options = pipelines::telling(seconds, step);
      const search::Answer answer = search::solve(solved.problem, query, options);
      if (answer.solution)
        solved.solutions.push_back({budget.name, *answer.solution});
      else
        solved.unsolved.push_back(
            {budget.name, search::no_solution_text(solved.problem, query, answer, options)});
    }
    return solved;
  });
}

Solved pareto(const std::string& text, std::size_t points, std::optional<double> seconds,
              const py::object& progress) {
  return called("", progress, [&](const pipelines::Host& host) {
    Solved solved{search::parse_problem("problem", text), {}, {}};
    const search::Problem& problem = solved.problem;
    for (const search::Budget& budget : problem.budgets) {
      const search::Query query{.limits = budget.limits};
      const search::SolveOptions solving = search::ending_in(seconds);
      const search::Answer answer = search::solve(problem, query, solving);
      if (!answer.solution) {
        solved.unsolved.push_back(
            {budget.name, search::no_solution_text(problem, query, answer, solving)});
        continue;
      }
      const auto found = pipelines::frontier(
          problem, budget.limits, points, seconds, "frontier", host,
          [&](const std::vector<search::Limit>& limits, const search::SolveOptions& options) {
            return search::solve(problem, {.limits = limits}, options);
          });
      for (const search::SweepPoint& point : found)
        solved.solutions.push_back({budget.name, point.solution, point.limit});
    }
    return solved;
  });
}

}  // namespace

void add_problem(py::module_& module) {
  py::class_<Solved>(module, "Solved")
      .def_property_readonly("unsolved",
                             [](const Solved& s) {
                               std::vector<std::string> reasons;
                               for (const auto& each : s.unsolved) reasons.push_back(each.reason);
                               return reasons;
                             })
      .def("json",
           [](const Solved& s) {
             return reports::solutions_json(s.problem, s.solutions, s.unsolved);
           })
      .def(
          "text",
          [](const Solved& s, std::size_t width) {
            return reports::solutions_text(s.problem, s.solutions, s.unsolved, width);
          },
          py::arg("width"));
  module.def("solve", &solve, py::arg("problem"), py::arg("minimize"), py::arg("max_omega"),
             py::arg("seconds"), py::arg("progress"));
  module.def("pareto", &pareto, py::arg("problem"), py::arg("points"), py::arg("seconds"),
             py::arg("progress"));
}

}  // namespace bitloom::python
