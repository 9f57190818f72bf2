#include <pybind11/stl.h>

#include "base/error.h"
#include "pipelines/policy_search.h"
#include "python/calls.h"
#include "python/results.h"
#include "reports/solutions.h"
#include "reports/text/solutions.h"
#include "search/problem/problem_file.h"

namespace bitloom::python {
namespace {

using Solved = pipelines::SolvedProblem;

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
      pipelines::solve_budget(budget.name, query, seconds, host, solved);
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
      pipelines::sweep_budget(budget, points, seconds, "frontier", host, solved);
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
