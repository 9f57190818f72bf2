// Policies of least omega under limits: published optima, an independent dynamic program, chance.
#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "search/problem/problem_file.h"
#include "search/solvers/dynamic_program.h"
#include "search/solvers/exact.h"
#include "tests/search/random_problem.h"

namespace bitloom::search {
namespace {

using testing::random_problem;
using testing::RandomProblemOptions;

const std::string kResNet18 = BITLOOM_SOURCE_DIR "/tests/golden/hawqv3_problem_resnet18.json";

Query within(const Budget& budget) { return {.limits = budget.limits}; }

bool keeps(const Problem& problem, const Choices& choices, const std::vector<Limit>& limits) {
  for (const Limit& limit : limits)
    if (cost_of(problem, choices, limit.cost) > limit.value * (1 + 1e-12)) return false;
  return true;
}

/// Draws policies that hold to ties and to what is allowed.
class PolicyDraw {
 public:
  PolicyDraw(const Problem& problem, std::uint64_t seed)
      : layers_(problem.layers.size()), groups_(groups_of(problem)), random_(seed) {
    for (const auto& group : groups_) allowed_.push_back(allowed_in(problem, group));
  }
  Choices operator()() {
    Choices choices(layers_);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const std::size_t choice = allowed_[g][random_() % allowed_[g].size()];
      for (const std::size_t layer : groups_[g]) choices[layer] = choice;
    }
    return choices;
  }

 private:
  std::size_t layers_;
  std::vector<std::vector<std::size_t>> groups_, allowed_;
  std::mt19937_64 random_;
};

TEST(HawqV3, AllNineOptimaOfResNet18AreFound) {
  const Problem problem = read_problem(kResNet18);
  const auto golden = nlohmann::json::parse(std::ifstream(kResNet18));
  ASSERT_EQ(problem.budgets.size(), 9u);
  for (const Budget& budget : problem.budgets) {
    const Answer answer = solve(problem, within(budget));
    const auto& optimum = golden["optima"][budget.name];
    ASSERT_TRUE(answer.solution) << budget.name;
    EXPECT_EQ(answer.solution->choices, optimum["choices"].get<Choices>()) << budget.name;
    EXPECT_NEAR(answer.solution->omega, optimum["omega"].get<double>(), 1e-12);
    EXPECT_EQ(answer.solution->bound, answer.solution->omega);
    EXPECT_TRUE(answer.solution->proved_optimal);
    const auto checked = solve_by_dynamic_program(problem, budget.limits[0]);
    ASSERT_TRUE(checked) << budget.name;
    EXPECT_EQ(checked->solution->choices, answer.solution->choices) << budget.name;
  }
}

TEST(HawqV3, TheOptimumIsNeverBeatenByChance) {
  const Problem problem = read_problem(kResNet18);
  PolicyDraw draw(problem, 7);
  for (const Budget& budget : problem.budgets) {
    const double optimum = solve(problem, within(budget)).solution->omega;
    int feasible = 0;
    for (std::int64_t tried = 0; feasible < 100'000; ++tried) {
      ASSERT_LT(tried, 100'000'000) << budget.name;
      const Choices choices = draw();
      if (!keeps(problem, choices, budget.limits)) continue;
      ++feasible;
      ASSERT_GE(omega_of(problem, choices), optimum * (1 - 1e-12)) << budget.name;
    }
  }
}

TEST(Solve, EqualsTheDynamicProgram) {
  std::mt19937_64 random(1);
  int solved = 0;
  for (int trial = 0; trial < 400; ++trial) {
    RandomProblemOptions options{.layers = 1 + random() % 20,
                                 .choices = 1 + random() % 9,
                                 .costs = 1,
                                 .whole_costs = trial % 4 != 0,
                                 .omega_decades = trial % 3 * 4.0};
    if (!options.whole_costs) options.layers = 1 + random() % 6;
    const double part = static_cast<double>(random() % 1000) / 1000;
    const Problem problem = random_problem(random, options, part);
    const auto checked = solve_by_dynamic_program(problem, problem.budgets[0].limits[0]);
    ASSERT_TRUE(checked) << trial;
    const Answer answer = solve(problem, within(problem.budgets[0]));
    ASSERT_EQ(answer.solution.has_value(), checked->solution.has_value()) << trial;
    if (!answer.solution) continue;
    ++solved;
    EXPECT_NEAR(answer.solution->omega, checked->solution->omega, 1e-10 * checked->solution->omega)
        << trial;
    EXPECT_TRUE(answer.solution->proved_optimal);
  }
  EXPECT_GT(solved, 300);
}

/// The least omega of all policies.
std::optional<double> exhaustive(const Problem& problem, const std::vector<Limit>& limits) {
  std::optional<double> best;
  const auto groups = groups_of(problem);
  std::vector<std::size_t> digits(groups.size());
  while (true) {
    Choices choices(problem.layers.size());
    for (std::size_t g = 0; g < groups.size(); ++g)
      for (const std::size_t layer : groups[g]) choices[layer] = digits[g];
    bool allowed = true;
    for (std::size_t i = 0; i < choices.size(); ++i)
      allowed = allowed && problem.layers[i].choices[choices[i]].allowed;
    if (allowed && keeps(problem, choices, limits))
      best = std::min(best.value_or(1e300), omega_of(problem, choices));
    std::size_t g = 0;
    for (; g < groups.size(); ++g) {
      if (++digits[g] < problem.layers[groups[g].front()].choices.size()) break;
      digits[g] = 0;
    }
    if (g == groups.size()) return best;
  }
}

TEST(Solve, EqualsExhaustionWithTiesForbiddenChoicesAndSeveralBudgets) {
  std::mt19937_64 random(3);
  int solved = 0, infeasible = 0;
  for (int trial = 0; trial < 300; ++trial) {
    Problem problem = random_problem(
        random,
        {.layers = 7, .choices = 4, .costs = 1 + random() % 3, .whole_costs = trial % 2 == 0},
        static_cast<double>(random() % 80) / 100 - 0.02);
    if (trial % 3 != 0) problem.ties = {{0, 3}, {3, 5}};
    problem.layers[2].choices[random() % 4].allowed = false;
    problem.layers[5].choices[random() % 4].allowed = false;
    const auto& limits = problem.budgets[0].limits;
    const Answer answer = solve(problem, {.limits = limits});
    const auto expected = exhaustive(problem, limits);
    ASSERT_EQ(answer.solution.has_value(), expected.has_value()) << trial;
    EXPECT_TRUE(answer.finished);
    if (!expected) {
      ++infeasible;
      continue;
    }
    ++solved;
    EXPECT_NEAR(answer.solution->omega, *expected, 1e-12 * *expected) << trial;
    EXPECT_TRUE(keeps(problem, answer.solution->choices, limits));
    if (trial % 3 != 0) {
      EXPECT_EQ(answer.solution->choices[0], answer.solution->choices[5]);
    }
  }
  EXPECT_GT(solved, 200);
  EXPECT_GT(infeasible, 5);
}

/// The least omega by a table over all sums of whole costs up to the limits.
double by_table(const Problem& problem, const std::vector<Limit>& limits) {
  constexpr double kNone = 1e300;
  std::vector<std::size_t> sizes;
  std::size_t cells = 1;
  for (const Limit& limit : limits) {
    sizes.push_back(static_cast<std::size_t>(limit.value) + 1);
    cells *= sizes.back();
  }
  std::vector<double> least(cells, kNone);
  least[0] = 0;
  for (const LayerChoices& layer : problem.layers) {
    std::vector<double> next(cells, kNone);
    for (std::size_t cell = 0; cell < cells; ++cell)
      for (const Choice& choice : layer.choices) {
        std::size_t rest = cell, stride = 1, to = 0;
        bool fits = least[cell] < kNone;
        for (std::size_t k = 0; k < sizes.size(); ++k) {
          const std::size_t sum = rest % sizes[k] + static_cast<std::size_t>(choice.costs[k]);
          fits = fits && sum < sizes[k];
          to += sum * stride;
          rest /= sizes[k];
          stride *= sizes[k];
        }
        if (fits) next[to] = std::min(next[to], least[cell] + choice.omega);
      }
    least = next;
  }
  return *std::min_element(least.begin(), least.end());
}

/// Costs that have nothing to do with one another, where prices bound little.
TEST(Solve, EqualsATableUnderTwoAndThreeBudgets) {
  std::mt19937_64 random(12);
  for (int trial = 0; trial < 24; ++trial) {
    const std::size_t costs = trial % 3 == 0 ? 3 : 2, layers = costs == 3 ? 12 : 24;
    Problem problem = random_problem(random, {.layers = layers, .choices = 6, .costs = costs}, 0);
    for (LayerChoices& layer : problem.layers)
      for (Choice& choice : layer.choices)
        for (double& cost : choice.costs) cost = static_cast<double>(random() % 10);
    std::vector<Limit> limits;
    for (std::size_t k = 0; k < costs; ++k)
      limits.push_back({k, static_cast<double>(layers) * (3 + static_cast<double>(random() % 2))});
    const Answer answer = solve(problem, {.limits = limits});
    ASSERT_TRUE(answer.solution) << trial;
    EXPECT_TRUE(answer.solution->proved_optimal);
    const double expected = by_table(problem, limits);
    EXPECT_NEAR(answer.solution->omega, expected, 1e-9 * expected) << trial;
  }
}

TEST(Solve, LeastCostUnderAnAllowedOmegaIsTheReverse) {
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 50; ++trial) {
    const Problem problem = random_problem(random, {.layers = 10, .costs = 2}, 0.4);
    const Limit& limit = problem.budgets[0].limits[0];
    const Solution best = *solve(problem, {.limits = {limit}}).solution;
    const Solution cheapest =
        *solve(problem, {.minimize_cost = 0, .max_omega = best.omega}).solution;
    EXPECT_LE(cheapest.costs[0], best.costs[0]);
    EXPECT_NEAR(cheapest.omega, best.omega, 1e-12 * best.omega)
        << "or the cheaper policy would be better within the limit, too";
    EXPECT_EQ(cheapest.bound, cheapest.costs[0]);
  }
}

/// Policies that break the limit by less than GLPK's tolerance must not be taken for feasible.
TEST(Solve, KeepsALimitToTheLastCycle) {
  std::mt19937_64 random(5);
  for (int trial = 0; trial < 40; ++trial) {
    Problem problem = random_problem(random, {.layers = 12, .choices = 4}, 0.5);
    for (LayerChoices& layer : problem.layers)
      for (Choice& choice : layer.choices)  // differences of a few in 10^10
        choice.costs[0] = 1e10 + static_cast<double>(random() % 20) - choice.omega;
    for (LayerChoices& layer : problem.layers)
      for (Choice& choice : layer.choices) choice.costs[0] = std::round(choice.costs[0]);
    const Choices middle = PolicyDraw(problem, random())();
    const Limit limit{0, cost_of(problem, middle, 0)};
    const Answer answer = solve(problem, {.limits = {limit}});
    const auto checked = solve_by_dynamic_program(problem, limit);
    ASSERT_TRUE(answer.solution && checked && checked->solution) << trial;
    EXPECT_LE(answer.solution->costs[0], limit.value + 6) << "half a unit for each layer";
    EXPECT_NEAR(answer.solution->omega, checked->solution->omega, 1e-10 * checked->solution->omega);
  }
}

TEST(Solve, DecimalsAddWithoutRounding) {
  Problem problem;
  problem.cost_names = {"ms"};
  for (const char* name : {"a", "b", "c"})
    problem.layers.push_back({name, {{"4", 1, {0}}, {"8", 0, {0.1}}}});
  EXPECT_EQ(solve(problem, {.limits = {{0, 0.3}}}).solution->choices, (Choices{1, 1, 1}));
  EXPECT_EQ(solve(problem, {.limits = {{0, 0.29999999}}}).solution->omega, 1);
}

TEST(Solve, NegativeOmegasAreLossesLikeOthers) {
  Problem problem;
  problem.cost_names = {"ms"};
  problem.layers = {{"a", {{"2", 5, {1}}, {"4", -3, {2}}}},
                    {"b", {{"2", -1, {1}}, {"4", -2, {2}}}}};
  const Solution best = *solve(problem, {.limits = {{0, 3}}}).solution;
  EXPECT_EQ(best.choices, (Choices{1, 0}));
  EXPECT_EQ(best.omega, -4);
  const Solution cheapest = *solve(problem, {.minimize_cost = 0, .max_omega = -3.5}).solution;
  EXPECT_EQ(cheapest.costs[0], 3);
  EXPECT_FALSE(solve(problem, {.max_omega = -5.1}).solution);
}

/// An option too dear for any policy says nothing of the digits in which costs are counted.
TEST(Solve, AnOptionThatBreaksTheLimitOnItsOwnDoesNotBlurIt) {
  Problem problem;
  problem.cost_names = {"ms"};
  problem.layers = {{"a", {{"2", 3, {1}}, {"4", 1, {220}}, {"8", 0, {1e30}}}},
                    {"b", {{"2", 3, {1}}, {"4", 1, {1.5}}, {"8", 0, {2}}}}};
  EXPECT_EQ(solve(problem, {.limits = {{0, 2.5}}}).solution->choices, (Choices{0, 1}));
  EXPECT_EQ(solve(problem, {.limits = {{0, 221.5}}}).solution->choices, (Choices{1, 1}));
  EXPECT_FALSE(solve(problem, {.limits = {{0, 1.999999}}}).solution);
}

/// Of costs and an omega that have little to do with one another.
TEST(Solve, EndsAndTellsHowFarItIsWhereTwoBudgetsAreHard) {
  std::mt19937_64 random(11);
  const Problem problem =
      random_problem(random, {.layers = 40, .choices = 9, .costs = 2, .whole_costs = false}, 0.4);
  std::vector<double> gaps;
  SolveOptions options = ending_in(300);
  options.progress = [&](const SolveProgress& now) {
    if (now.objective) gaps.push_back(relative_gap(*now.objective, now.bound));
  };
  const Answer answer = solve(problem, within(problem.budgets[0]), options);
  ASSERT_TRUE(answer.solution);
  EXPECT_TRUE(answer.solution->proved_optimal);
  EXPECT_EQ(answer.solution->gap, 0);
  EXPECT_FALSE(gaps.empty());
  EXPECT_TRUE(std::is_sorted(gaps.rbegin(), gaps.rend()));
}

TEST(Infeasible, LimitsAreShownBelowTheLeastAndTheLeastIsALimitThatCanBeKept) {
  Problem problem;
  problem.cost_names = {"c"};
  problem.layers = {{"a", {{"2", 1, {42}}}}};
  const auto text = [&](double limit) {
    return infeasible_text(nearest_limits(problem, {.limits = {{0, limit}}}));
  };
  EXPECT_EQ(text(41.99999), "no policy keeps c 41.99999: the least c is 42");
  EXPECT_EQ(text(41.9), "no policy keeps c 41.9: the least c is 42");
  problem.layers[0].choices[0].costs[0] = 42.0000000123;
  EXPECT_EQ(text(42), "no policy keeps c 42: the least c is 42.0000001");
}

TEST(Infeasible, LimitsAreAnsweredWithTheNearest) {
  Problem problem;
  problem.cost_names = {"ms", "mj"};
  problem.layers = {{"a", {{"2", 5, {1, 10}}, {"4", 3, {4, 5}}}},
                    {"b", {{"2", 2, {1, 10}}, {"4", 1, {4, 5}}}}};
  const Query query{.limits = {{0, 3}, {1, 16}}};
  ASSERT_FALSE(solve(problem, query).solution);
  EXPECT_EQ(infeasible_text(nearest_limits(problem, query)),
            "no policy keeps ms 3 and mj 16: the least ms is 2, or 5 within the other limits; the "
            "least mj is 10, or 20 within the other limits");
  const Query alone{.limits = {{0, 1.5}}};
  ASSERT_FALSE(solve(problem, alone).solution);
  EXPECT_EQ(infeasible_text(nearest_limits(problem, alone)),
            "no policy keeps ms 1.5: the least ms is 2");
  const Query none{.limits = {{0, 1}, {1, 1}}};
  EXPECT_EQ(infeasible_text(nearest_limits(problem, none)),
            "no policy keeps ms 1 and mj 1: the least ms is 2; the least mj is 10");
  const Query lossless{.minimize_cost = 0, .limits = {{0, 8}}, .max_omega = 3};
  EXPECT_EQ(infeasible_text(nearest_limits(problem, lossless)),
            "no policy keeps omega 3: the least omega is 4");
}

TEST(Nearest, SaysWhereTimeRanOut) {
  const LeastKept seven{.value = 7, .proved = false}, unknown{.value = {}, .proved = false};
  EXPECT_EQ(infeasible_text({{"ms", 3, 2, seven}, {"mj", 5, 4, unknown}}),
            "no policy keeps ms 3 and mj 5: the least ms is 2, or at most 7 within the other "
            "limits; the least mj is 4, and time ran out for the least within the other limits");
}

/// Omegas that are what costs leave, but for a little: any policy that uses the limits up is good.
Problem hard_problem() {
  std::mt19937_64 random(5);
  Problem problem = random_problem(random, {.layers = 40, .choices = 10, .costs = 3}, 0);
  for (LayerChoices& layer : problem.layers)
    for (Choice& choice : layer.choices) {
      choice.omega = 400 + static_cast<double>(random() % 1000) / 50;
      for (double& cost : choice.costs) {
        cost = static_cast<double>(random() % 100'000) / 1000;
        choice.omega -= cost;
      }
    }
  problem.budgets = {{"45", {{0, 1800}, {1, 1800}, {2, 1800}}}};
  return problem;
}

TEST(Solve, EndsAtItsLabelsWithABoundAGapAndNoProof) {
  const Problem problem = hard_problem();
  double least = 1e300, bound = 0;
  for (const std::int64_t most : {60'000, 240'000}) {
    const SolveOptions options{.most_labels = most};
    const Answer answer = solve(problem, within(problem.budgets[0]), options);
    ASSERT_TRUE(answer.solution) << most;
    const Solution& found = *answer.solution;
    EXPECT_FALSE(answer.finished || found.proved_optimal) << most;
    EXPECT_LT(found.bound, found.omega);
    EXPECT_DOUBLE_EQ(found.gap, (found.omega - found.bound) / found.omega);
    EXPECT_LE(found.omega, least) << most;
    EXPECT_GE(found.bound, bound) << most;
    EXPECT_TRUE(keeps(problem, found.choices, problem.budgets[0].limits));
    EXPECT_EQ(solve(problem, within(problem.budgets[0]), options).solution->choices, found.choices);
    least = found.omega;
    bound = found.bound;
  }
  EXPECT_LT(bound, least);
}

TEST(Solve, TellsHowFarItIsWhenTimeRunsOut) {
  std::mt19937_64 random(6);
  RandomProblemOptions hard{.layers = 60, .choices = 40, .costs = 6, .whole_costs = false};
  const Problem problem = random_problem(random, hard, 0.3);
  const Answer answer = solve(problem, within(problem.budgets[0]), ending_in(0.2));
  if (answer.solution) {
    EXPECT_LE(answer.solution->bound, answer.solution->omega);
    EXPECT_TRUE(keeps(problem, answer.solution->choices, problem.budgets[0].limits));
  }
  EXPECT_FALSE(answer.finished && answer.solution && !answer.solution->proved_optimal);
}

}  // namespace
}  // namespace bitloom::search
