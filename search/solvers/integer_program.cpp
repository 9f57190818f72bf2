#include "search/solvers/integer_program.h"

#include <glpk.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "base/error.h"

namespace bitloom::search {
namespace {

using Option = ChoiceProgram::Option;
using Group = ChoiceProgram::Group;

struct DeleteModel {
  void operator()(glp_prob* model) const { glp_delete_prob(model); }
};
using Model = std::unique_ptr<glp_prob, DeleteModel>;

/// What the solver sees in place of an objective: how much an option costs above the cheapest of
/// its group once weights are paid for at `prices`, so that solutions near the best are small
/// numbers whose difference GLPK's tolerances, which are absolute, can tell. What is left of a
/// limit is paid for in a column of its own.
struct Reduced {
  std::vector<std::vector<double>> options;  // [group][option]
  std::vector<double> left;                  // by limit, all of it
  double zero = 0;                           // the objective that 0 stands for: a lower bound
  double unit = 1;                           // the objective that 1 adds
};

Reduced reduce(const ChoiceProgram& program, const std::vector<double>& prices,
               const std::optional<Picks>& start) {
  Reduced reduced;
  double range = 0;
  for (const Group& group : program.groups) {
    std::vector<double> costs = priced(group, prices);
    const auto [least, most] = std::minmax_element(costs.begin(), costs.end());
    const double lowest = *least;
    range = std::max(range, *most - lowest);
    reduced.zero += lowest;
    for (double& cost : costs) cost -= lowest;
    reduced.options.push_back(std::move(costs));
  }
  for (std::size_t k = 0; k < prices.size(); ++k) {
    reduced.left.push_back(prices[k] * static_cast<double>(program.limits[k]));
    reduced.zero -= reduced.left.back();
  }
  reduced.unit = start ? objective_of(program, *start) - reduced.zero : range;
  if (reduced.unit <= 0) reduced.unit = range > 0 ? range : 1;
  return reduced;
}

/// One row a group (its options sum to 1), then one a limit (with what is left, 1); a column an
/// option, then one for what is left of each limit.
Model make_model(const ChoiceProgram& program, const Reduced& reduced) {
  glp_term_out(GLP_OFF);
  Model model(glp_create_prob());
  const int groups = static_cast<int>(program.groups.size());
  const int limits = static_cast<int>(program.limits.size());
  glp_add_rows(model.get(), groups + limits);
  for (int row = 1; row <= groups + limits; ++row) glp_set_row_bnds(model.get(), row, GLP_FX, 1, 1);
  const auto add_column = [&](double objective, std::vector<int> rows, std::vector<double> values) {
    const int column = glp_add_cols(model.get(), 1);
    glp_set_obj_coef(model.get(), column, objective / reduced.unit);
    glp_set_mat_col(model.get(), column, static_cast<int>(rows.size()) - 1, rows.data(),
                    values.data());
    return column;
  };
  for (std::size_t g = 0; g < program.groups.size(); ++g)
    for (std::size_t o = 0; o < program.groups[g].options.size(); ++o) {
      std::vector<int> rows{0, static_cast<int>(g) + 1};
      std::vector<double> values{0, 1};
      for (std::size_t k = 0; k < program.limits.size(); ++k) {
        const std::int64_t weight = program.groups[g].options[o].weights[k];
        if (weight == 0) continue;  // as all are where the limit is 0
        rows.push_back(groups + static_cast<int>(k) + 1);
        values.push_back(static_cast<double>(weight) / static_cast<double>(program.limits[k]));
      }
      const int column = add_column(reduced.options[g][o], std::move(rows), std::move(values));
      glp_set_col_kind(model.get(), column, GLP_BV);
    }
  for (int k = 0; k < limits; ++k) {
    const int column =
        add_column(reduced.left[static_cast<std::size_t>(k)], {0, groups + k + 1}, {0, 1});
    glp_set_col_bnds(model.get(), column, GLP_DB, 0, 1);
  }
  return model;
}

/// At least 1, as GLPK wants it.
int milliseconds_left(const SolveOptions& options) {
  constexpr double kMost = 2e9;
  if (!options.deadline) return static_cast<int>(kMost);
  const std::chrono::duration<double, std::milli> left =
      *options.deadline - SolveOptions::Clock::now();
  return static_cast<int>(std::clamp(left.count(), 1.0, kMost));
}

/// Whether the relaxation has a solution.
bool solve_relaxation(glp_prob* model) {
  glp_smcp parameters;
  glp_init_smcp(&parameters);
  parameters.msg_lev = GLP_MSG_OFF;
  glp_adv_basis(model, 0);
  ensure(glp_simplex(model, &parameters) == 0, "GLPK's simplex ends");
  return glp_get_status(model) == GLP_OPT;
}

/// The search's state, which GLPK's callback sees.
struct Search {
  const ChoiceProgram& program;
  const Reduced& reduced;
  const SolveOptions& options;
  std::optional<Picks> best;
  double bound;
  bool told = false;  // GLPK of the solution to start with

  double objective(const Picks& picks) const { return objective_of(program, picks); }
};

/// The options at 1 where the node's relaxation has no part of one.
std::optional<Picks> whole_picks(const ChoiceProgram& program, glp_prob* model) {
  constexpr double kWhole = 1 - 1e-5;  // GLPK's tolerance
  Picks picks;
  int column = 0;
  for (const Group& group : program.groups) {
    std::optional<std::size_t> pick;
    for (std::size_t o = 0; o < group.options.size(); ++o)
      if (glp_get_col_prim(model, ++column) >= kWhole) pick = o;
    if (!pick) return std::nullopt;
    picks.push_back(*pick);
  }
  return picks;
}

/// A cut for a solution that fits within GLPK's tolerance but not exactly: in a least set of groups
/// which alone break limit `k`, not all may be at their pick or heavier (an extended cover).
void add_cover_cut(const ChoiceProgram& program, const Picks& picks, std::size_t k,
                   glp_prob* model) {
  const auto weight = [&](std::size_t g) { return program.groups[g].options[picks[g]].weights[k]; };
  std::vector<std::size_t> order(picks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
  std::int64_t sum = 0;
  std::vector<bool> in_cover(picks.size());
  int size = 0;
  for (const std::size_t g : order) {
    if (sum > program.limits[k]) break;
    sum += weight(g);
    in_cover[g] = true;
    ++size;
  }
  std::vector<int> columns{0};
  int column = 0;
  for (std::size_t g = 0; g < picks.size(); ++g)
    for (const Option& option : program.groups[g].options) {
      ++column;
      if (in_cover[g] && option.weights[k] >= weight(g)) columns.push_back(column);
    }
  const std::vector<double> ones(columns.size(), 1);
  const int row = glp_add_rows(model, 1);
  glp_set_row_bnds(model, row, GLP_UP, 0, size - 1);
  glp_set_mat_row(model, row, static_cast<int>(columns.size()) - 1, columns.data(), ones.data());
}

void check_whole_solution(Search& search, glp_tree* tree) {
  glp_prob* model = glp_ios_get_prob(tree);
  const std::optional<Picks> picks = whole_picks(search.program, model);
  if (!picks) return;
  for (std::size_t k = 0; k < search.program.limits.size(); ++k) {
    if (weight_of(search.program, *picks, k) > search.program.limits[k])
      return add_cover_cut(search.program, *picks, k, model);
  }
  if (!search.best || search.objective(*picks) < search.objective(*search.best))
    search.best = *picks;
}

/// Gives GLPK the solution to start with, so that it prunes by it.
void tell_start(Search& search, glp_tree* tree) {
  if (search.told || !search.best) return;
  search.told = true;
  std::vector<double> values{0};
  for (std::size_t g = 0; g < search.best->size(); ++g)
    for (std::size_t o = 0; o < search.program.groups[g].options.size(); ++o)
      values.push_back(o == (*search.best)[g] ? 1 : 0);
  for (std::size_t k = 0; k < search.program.limits.size(); ++k) {
    const auto limit = static_cast<double>(std::max<std::int64_t>(search.program.limits[k], 1));
    values.push_back(1 - static_cast<double>(weight_of(search.program, *search.best, k)) / limit);
  }
  glp_ios_heur_sol(tree, values.data());
}

void tell_progress(Search& search, glp_tree* tree) {
  const int node = glp_ios_best_node(tree);
  if (node == 0) return;
  const double bound = search.reduced.zero + search.reduced.unit * glp_ios_node_bound(tree, node);
  search.bound = std::max(search.bound, bound);
  if (!search.options.progress || !search.best) return;
  const double objective = search.objective(*search.best);
  search.options.progress((objective - search.bound) / std::max(std::abs(objective), 1e-300));
}

void on_event(glp_tree* tree, void* state) {
  Search& search = *static_cast<Search*>(state);
  switch (glp_ios_reason(tree)) {
    case GLP_IROWGEN:
      return check_whole_solution(search, tree);
    case GLP_IHEUR:
      return tell_start(search, tree);
    case GLP_ISELECT:
      return tell_progress(search, tree);
    default:
      return;
  }
}

}  // namespace

SolveOptions ending_in(std::optional<double> seconds) {
  if (!seconds) return {};
  const std::chrono::duration<double> time(*seconds);
  return {.deadline = SolveOptions::Clock::now() +
                      std::chrono::duration_cast<SolveOptions::Clock::duration>(time)};
}

Relaxation relax(const ChoiceProgram& program) {
  const Reduced plain = reduce(program, std::vector<double>(program.limits.size(), 0), {});
  const Model model = make_model(program, plain);
  Relaxation relaxation{solve_relaxation(model.get()), {}, {}};
  if (!relaxation.feasible) return relaxation;
  const int groups = static_cast<int>(program.groups.size());
  for (std::size_t k = 0; k < program.limits.size(); ++k) {
    const double dual = glp_get_row_dual(model.get(), groups + static_cast<int>(k) + 1);
    const auto limit = static_cast<double>(std::max<std::int64_t>(program.limits[k], 1));
    relaxation.prices.push_back(std::max(0.0, -dual) * plain.unit / limit);
  }
  int column = 0;
  for (const Group& group : program.groups) {
    auto& shares = relaxation.shares.emplace_back();
    for (std::size_t o = 0; o < group.options.size(); ++o)
      shares.push_back(glp_get_col_prim(model.get(), ++column));
  }
  return relaxation;
}

BranchAndBound branch_and_bound(const ChoiceProgram& program, const std::vector<double>& prices,
                                const std::optional<Picks>& start, const SolveOptions& options) {
  const Reduced reduced = reduce(program, prices, start);
  const Model model = make_model(program, reduced);
  Search search{program, reduced, options, start, reduced.zero};
  if (!solve_relaxation(model.get())) return {start, reduced.zero, true};
  glp_iocp parameters;
  glp_init_iocp(&parameters);
  parameters.msg_lev = GLP_MSG_OFF;
  parameters.tol_obj = 1e-9;
  parameters.br_tech = GLP_BR_FFV;  // by far the fastest of GLPK's here
  parameters.cb_func = on_event;
  parameters.cb_info = &search;
  parameters.tm_lim = milliseconds_left(options);
  const int status = glp_intopt(model.get(), &parameters);
  ensure(status == 0 || status == GLP_ETMLIM, "GLPK's branch and bound ends");
  const bool finished = status == 0;
  if (finished && search.best) search.bound = search.objective(*search.best);
  return {search.best, search.bound, finished};
}

}  // namespace bitloom::search
