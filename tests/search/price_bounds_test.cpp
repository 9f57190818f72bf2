// Bounds by prices of limits, beside the best of all solutions.
#include "search/solvers/price_bounds.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/search/random_problem.h"

namespace bitloom::search {
namespace {

struct Begun {
  double objective = 0;
  std::vector<std::int64_t> weights;
};

/// With an option of group `step` more.
Begun with(const ChoiceProgram& program, const Begun& begun, std::size_t step, std::size_t o) {
  const ChoiceProgram::Option& option = program.groups[step].options[o];
  Begun more{begun.objective + option.objective, begun.weights};
  for (std::size_t k = 0; k < more.weights.size(); ++k) more.weights[k] += option.weights[k];
  return more;
}

/// The least objective of all solutions that begin so, the groups from `step` on left.
double best_of(const ChoiceProgram& program, const Begun& begun, std::size_t step) {
  for (std::size_t k = 0; k < begun.weights.size(); ++k)
    if (begun.weights[k] > program.limits[k]) return 1e300;
  if (step == program.groups.size()) return begun.objective;
  double best = 1e300;
  for (std::size_t o = 0; o < program.groups[step].options.size(); ++o)
    best = std::min(best, best_of(program, with(program, begun, step, o), step + 1));
  return best;
}

ChoiceProgram drawn_program(std::mt19937_64& random, std::size_t costs) {
  const Problem problem =
      testing::random_problem(random, {.layers = 5, .choices = 4, .costs = costs}, 0.3);
  return make_program(problem, {.limits = problem.budgets[0].limits});
}

std::vector<double> drawn_prices(std::mt19937_64& random, const ChoiceProgram& program) {
  std::vector<double> prices;
  for (const std::int64_t limit : program.limits)
    prices.push_back(static_cast<double>(random() % 100) / static_cast<double>(limit));
  return prices;
}

TEST(PriceBounds, NeverPassTheBestAndDropNoOptionThatLeadsBelowTheCutoff) {
  std::mt19937_64 random(1);
  int dropped = 0;
  for (int trial = 0; trial < 100; ++trial) {
    const ChoiceProgram program = drawn_program(random, 1 + random() % 3);
    PriceBounds bounds(program);
    for (int n = 0; n < 3; ++n) bounds.add(drawn_prices(random, program));
    const double cutoff =
        1.2 * best_of(program, {0, std::vector<std::int64_t>(program.limits.size())}, 0);
    Begun begun{0, std::vector<std::int64_t>(program.limits.size())};
    for (std::size_t step = 0; step < program.groups.size(); ++step) {
      const double best = best_of(program, begun, step);
      EXPECT_LE(bounds.bound(begun.objective, begun.weights.data(), step), best) << trial;
      std::vector<std::uint32_t> kept{0, 1, 2, 3};
      bounds.keep_below(cutoff, begun.objective, begun.weights.data(), step, kept);
      for (std::uint32_t o = 0; o < 4; ++o) {
        const bool is_kept = std::find(kept.begin(), kept.end(), o) != kept.end();
        dropped += is_kept ? 0 : 1;
        EXPECT_TRUE(is_kept || best_of(program, with(program, begun, step, o), step + 1) >= cutoff)
            << trial << " " << step << " " << o;
      }
      begun = with(program, begun, step, random() % 2);
    }
  }
  EXPECT_GT(dropped, 200);
}

/// With nothing to pay for, bounds are the best itself, and options go at their edge.
TEST(PriceBounds, AreTheBestWhereNothingIsLimited) {
  constexpr double kLittle = 1e-9;
  std::mt19937_64 random(2);
  for (int trial = 0; trial < 20; ++trial) {
    ChoiceProgram program = drawn_program(random, 1);
    program.limits = {1'000'000'000'000'000};
    PriceBounds bounds(program);
    bounds.add({0});
    Begun begun{0, {0}};
    for (std::size_t step = 0; step < program.groups.size(); ++step) {
      const double best = best_of(program, begun, step);
      EXPECT_NEAR(bounds.bound(begun.objective, begun.weights.data(), step), best, 1e-11 * best);
      for (std::uint32_t o = 0; o < 4; ++o) {
        const double with_it = best_of(program, with(program, begun, step, o), step + 1);
        for (const double side : {-kLittle, kLittle}) {
          std::vector<std::uint32_t> kept{o};
          bounds.keep_below(with_it * (1 + side), begun.objective, begun.weights.data(), step,
                            kept);
          EXPECT_EQ(kept.size(), side > 0 ? 1u : 0u) << trial << " " << step << " " << o;
        }
      }
      begun = with(program, begun, step, random() % 4);
    }
  }
}

/// The least objective of all solutions with that option of a group.
double best_with(ChoiceProgram program, std::size_t group, std::size_t o) {
  program.groups[group].options = {program.groups[group].options[o]};
  return best_of(program, {0, std::vector<std::int64_t>(program.limits.size())}, 0);
}

TEST(OptionsBelow, AreThoseOfSolutionsBelowTheCutoffWhereNothingIsLimited) {
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 20; ++trial) {
    ChoiceProgram program = drawn_program(random, 1);
    program.limits = {1'000'000'000'000'000};
    const double cutoff = 1.2 * best_of(program, {0, {0}}, 0);
    const auto kept = options_below(cutoff, program, {{0}});
    for (std::size_t g = 0; g < program.groups.size(); ++g)
      for (std::uint32_t o = 0; o < program.groups[g].options.size(); ++o)
        EXPECT_EQ(std::count(kept[g].begin(), kept[g].end(), o) == 1,
                  best_with(program, g, o) < cutoff)
            << trial << " " << g << " " << o;
  }
}

TEST(OptionsBelow, AreAllThatASolutionBelowTheCutoffHas) {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 60; ++trial) {
    const ChoiceProgram program = drawn_program(random, 2);
    const double cutoff = 1.1 * best_of(program, {0, {0, 0}}, 0);
    const auto kept = options_below(cutoff, program,
                                    {drawn_prices(random, program), drawn_prices(random, program)});
    for (std::size_t g = 0; g < program.groups.size(); ++g)
      for (std::uint32_t o = 0; o < program.groups[g].options.size(); ++o) {
        if (std::find(kept[g].begin(), kept[g].end(), o) != kept[g].end()) continue;
        EXPECT_GE(best_with(program, g, o), cutoff) << trial << " " << g << " " << o;
      }
  }
}

}  // namespace
}  // namespace bitloom::search
