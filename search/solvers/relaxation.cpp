#include "search/solvers/relaxation.h"

#include <glpk.h>

#include <algorithm>
#include <memory>

namespace bitloom::search {
namespace {

struct DeleteModel {
  void operator()(glp_prob* model) const { glp_delete_prob(model); }
};
using Model = std::unique_ptr<glp_prob, DeleteModel>;

/// The objective above the least of each group, and what GLPK takes for 1 of it: its tolerances are
/// absolute.
double unit_of(const ChoiceProgram& program) {
  double range = 0;
  for (const ChoiceProgram::Group& group : program.groups) {
    const auto [least, most] =
        std::minmax_element(group.options.begin(), group.options.end(),
                            [](const auto& a, const auto& b) { return a.objective < b.objective; });
    range = std::max(range, most->objective - least->objective);
  }
  return range > 0 ? range : 1;
}

/// One row a group (its options sum to 1), then one a limit (with what is left, 1); a column an
/// option, then one for what is left of each limit.
Model make_model(const ChoiceProgram& program, double unit) {
  glp_term_out(GLP_OFF);
  Model model(glp_create_prob());
  const int groups = static_cast<int>(program.groups.size());
  const int limits = static_cast<int>(program.limits.size());
  glp_add_rows(model.get(), groups + limits);
  for (int row = 1; row <= groups + limits; ++row) glp_set_row_bnds(model.get(), row, GLP_FX, 1, 1);
  const auto add_column = [&](double objective, std::vector<int> rows, std::vector<double> values) {
    const int column = glp_add_cols(model.get(), 1);
    glp_set_obj_coef(model.get(), column, objective);
    glp_set_mat_col(model.get(), column, static_cast<int>(rows.size()) - 1, rows.data(),
                    values.data());
    glp_set_col_bnds(model.get(), column, GLP_DB, 0, 1);
  };
  for (std::size_t g = 0; g < program.groups.size(); ++g) {
    const auto& options = program.groups[g].options;
    double least = options.front().objective;
    for (const ChoiceProgram::Option& option : options) least = std::min(least, option.objective);
    for (const ChoiceProgram::Option& option : options) {
      std::vector<int> rows{0, static_cast<int>(g) + 1};
      std::vector<double> values{0, 1};
      for (std::size_t k = 0; k < program.limits.size(); ++k) {
        if (option.weights[k] == 0) continue;  // as all are where the limit is 0
        rows.push_back(groups + static_cast<int>(k) + 1);
        values.push_back(static_cast<double>(option.weights[k]) /
                         static_cast<double>(program.limits[k]));
      }
      add_column((option.objective - least) / unit, std::move(rows), std::move(values));
    }
  }
  for (int k = 0; k < limits; ++k) add_column(0, {0, groups + k + 1}, {0, 1});
  return model;
}

bool ends(glp_prob* model) {
  glp_smcp parameters;
  glp_init_smcp(&parameters);
  parameters.msg_lev = GLP_MSG_OFF;
  glp_adv_basis(model, 0);
  return glp_simplex(model, &parameters) == 0;
}

}  // namespace

std::optional<Relaxation> relax(const ChoiceProgram& program) {
  const double unit = unit_of(program);
  const Model model = make_model(program, unit);
  if (!ends(model.get())) return std::nullopt;
  Relaxation relaxation{glp_get_status(model.get()) == GLP_OPT, {}, {}};
  if (!relaxation.feasible) return relaxation;
  const int groups = static_cast<int>(program.groups.size());
  for (std::size_t k = 0; k < program.limits.size(); ++k) {
    const double dual = glp_get_row_dual(model.get(), groups + static_cast<int>(k) + 1);
    const auto limit = static_cast<double>(std::max<std::int64_t>(program.limits[k], 1));
    relaxation.prices.push_back(std::max(0.0, -dual) * unit / limit);
  }
  int column = 0;
  for (const ChoiceProgram::Group& group : program.groups) {
    auto& shares = relaxation.shares.emplace_back();
    for (std::size_t o = 0; o < group.options.size(); ++o)
      shares.push_back(glp_get_col_prim(model.get(), ++column));
  }
  return relaxation;
}

}  // namespace bitloom::search
