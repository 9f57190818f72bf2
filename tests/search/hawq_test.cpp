// HAWQ's ranking and HAWQ-V2's frontier.
#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "search/policy/hawq.h"
#include "search/policy/methods.h"
#include "tests/search/random_problem.h"
#include "tests/search/tiny_network.h"
#include "tests/support/complaint.h"

namespace bitloom::search {
namespace {

using testing::complaint;
using testing::random_problem;

nlohmann::json nncf() {
  return nlohmann::json::parse(
      std::ifstream(BITLOOM_SOURCE_DIR "/tests/golden/nncf_unit_vectors.json"));
}

/// Every sequence of `layers` levels below `levels` that does not fall.
std::vector<Choices> non_decreasing(std::size_t layers, std::size_t levels) {
  std::vector<Choices> all{{}};
  for (std::size_t i = 0; i < layers; ++i) {
    std::vector<Choices> longer;
    for (const Choices& sequence : all)
      for (std::size_t l = sequence.empty() ? 0 : sequence.back(); l < levels; ++l) {
        longer.push_back(sequence);
        longer.back().push_back(l);
      }
    all = std::move(longer);
  }
  return all;
}

TEST(NonDecreasingSequences, AreAsManyAsNncfCounts) {
  const auto example = nncf()["non_decreasing_sequences"]["example"];
  EXPECT_EQ(count_of_non_decreasing_sequences(example["L"].get<std::int64_t>(),
                                              static_cast<std::int64_t>(example["bits"].size())),
            example["count"].get<std::int64_t>());
}

TEST(NonDecreasingSequences, AreCountedAsTheSumThatTheFrontierIsOver) {
  const auto choose = [](std::int64_t n, std::int64_t k) {
    double c = 1;
    for (std::int64_t i = 1; i <= k; ++i)
      c = c * static_cast<double>(n - k + i) / static_cast<double>(i);
    return k > n ? 0 : c;
  };
  for (std::int64_t layers = 1; layers <= 8; ++layers)
    for (std::int64_t widths = 1; widths <= 7; ++widths) {
      double sum = 0;
      for (std::int64_t j = 1; j <= widths; ++j)
        sum += choose(widths, j) * choose(layers - 1, j - 1);
      const auto count = count_of_non_decreasing_sequences(layers, widths);
      EXPECT_NEAR(static_cast<double>(count), sum, 1e-6);
      EXPECT_EQ(static_cast<std::size_t>(count),
                non_decreasing(static_cast<std::size_t>(layers), static_cast<std::size_t>(widths))
                    .size());
    }
  EXPECT_EQ(count_of_non_decreasing_sequences(53, 7), 45'057'474);
  EXPECT_EQ(count_of_non_decreasing_sequences(1'000'000, 16), 9'223'372'036'854'775'807);
}

TEST(CompressionRatio, IsNncfs) {
  const auto vectors = nncf()["compression_ratio"];
  const std::vector<Macs> macs{Macs(vectors["conv_flops"].get<std::int64_t>()),
                               Macs(vectors["linear_flops"].get<std::int64_t>())};
  for (const auto& test : vectors["cases"]) {
    const auto bits = test["bits"].get<std::vector<int>>();  // input, conv, its output, linear
    EXPECT_DOUBLE_EQ(compression_ratio(macs, {{bits[1], bits[0]}, {bits[3], bits[2]}}),
                     test["R"].get<double>())
        << test;
  }
}

/// NNCF takes the configuration of least metric whose ratio is at least the target: omega under a
/// limit on 1 / ratio.
TEST(ParetoChoice, IsNncfs) {
  const auto vectors = nncf()["pareto_choice"];
  const auto ratio = vectors["ratio"].get<std::vector<double>>();
  const auto metric = vectors["metric"].get<std::vector<double>>();
  Problem problem{{"inverse_ratio"}, {{"all", {}}}, {}, {}};
  Order order{{0}, {{}}};
  for (std::size_t c = 0; c < ratio.size(); ++c) {
    problem.layers[0].choices.push_back({std::to_string(c), metric[c], {1 / ratio[c]}});
    order.levels[0].push_back(static_cast<int>(c));
  }
  for (const auto& [target, expected] : vectors["target_to_expected_ratio"].items()) {
    const Limit limit{0, 1 / std::stod(target)};
    const auto frontier = monotone_frontier(problem, order, {limit});
    ASSERT_FALSE(frontier.empty());
    EXPECT_EQ(ratio[frontier.back().choices[0]], expected.get<double>()) << target;
    EXPECT_EQ(ratio[solve(problem, {.limits = {limit}}).solution->choices[0]],
              expected.get<double>());
  }
}

TEST(MonotoneFrontier, HoldsExactlyThePoliciesThatNoOtherDominates) {
  std::mt19937_64 random(11);
  for (int trial = 0; trial < 60; ++trial) {
    const std::size_t costs = 1 + random() % 2, layers = 6, widths = 4;
    const Problem problem =
        random_problem(random, {.layers = layers, .choices = widths, .costs = costs}, 0.6);
    Order order{{}, std::vector<std::vector<int>>(layers, {0, 1, 2, 3})};
    for (std::size_t i = 0; i < layers; ++i)
      order.scores.push_back(static_cast<double>(random() % 5));
    std::vector<std::size_t> position(layers);
    std::iota(position.begin(), position.end(), std::size_t{0});
    std::stable_sort(position.begin(), position.end(), [&](std::size_t a, std::size_t b) {
      return order.scores[a] < order.scores[b];
    });
    std::vector<FrontierPoint> all;
    for (const Choices& sequence : non_decreasing(layers, widths)) {
      Choices choices(layers);
      for (std::size_t i = 0; i < layers; ++i) choices[position[i]] = sequence[i];
      all.push_back({choices, omega_of(problem, choices), costs_of(problem, choices)});
    }
    const auto& limits = problem.budgets[0].limits;
    std::vector<FrontierPoint> expected;
    for (const FrontierPoint& point : all) {
      bool is_in = true;
      for (const Limit& limit : limits) is_in = is_in && point.costs[limit.cost] <= limit.value;
      for (const FrontierPoint& other : all) {
        const bool as_good =
            other.omega <= point.omega && std::equal(other.costs.begin(), other.costs.end(),
                                                     point.costs.begin(), std::less_equal<>());
        is_in = is_in && !(as_good && other.choices != point.choices);
      }
      if (is_in) expected.push_back(point);
    }
    std::sort(expected.begin(), expected.end(),
              [](const FrontierPoint& a, const FrontierPoint& b) { return a.costs < b.costs; });
    const auto frontier = monotone_frontier(problem, order, limits);
    ASSERT_EQ(frontier.size(), expected.size()) << trial;
    for (std::size_t i = 0; i < frontier.size(); ++i)
      EXPECT_EQ(frontier[i].choices, expected[i].choices) << trial;
  }
}

TEST(MonotoneFrontier, LeavesLayersOfOneChoiceOutOfTheOrder) {
  Problem problem{{"ms"}, {}, {}, {}};
  for (const char* name : {"a", "b", "c"})
    problem.layers.push_back({name, {{"2", 4, {1}}, {"8", 1, {4}}}});
  problem.layers[0].choices[0].allowed = false;  // least score, most bits
  const Order order{{1, 2, 3}, std::vector<std::vector<int>>(3, {1, 7})};
  const auto frontier = monotone_frontier(problem, order, {{0, 9}});
  ASSERT_EQ(frontier.size(), 2u);
  EXPECT_EQ(frontier[0].choices, (Choices{1, 0, 0}));
  EXPECT_EQ(frontier[1].choices, (Choices{1, 0, 1}));
}

/// Scores of 1 and 5 are 3 on the mean: behind 2 and before 4, which neither their sum nor either
/// of them is.
TEST(MonotoneFrontier, OrdersTiedLayersByTheMeanOfTheirScores) {
  Problem problem{{"ms"}, {}, {{0, 1}}, {}};
  for (const char* name : {"a", "b", "c", "d"})
    problem.layers.push_back({name, {{"2", 4, {1}}, {"8", 1, {4}}}});
  const Order order{{1, 5, 2, 4}, std::vector<std::vector<int>>(4, {0, 6})};
  std::vector<Choices> found;
  for (const FrontierPoint& point : monotone_frontier(problem, order, {{0, 16}}))
    found.push_back(point.choices);
  EXPECT_EQ(found, (std::vector<Choices>{{0, 0, 0, 0}, {0, 0, 0, 1}, {1, 1, 0, 1}, {1, 1, 1, 1}}));
}

/// Of policies that lose the same the frontier has the cheapest alone, and one of those that cost
/// the same, too.
TEST(MonotoneFrontier, HasOnePolicyOfEachOmega) {
  Problem problem{{"ms", "mj"}, {}, {}, {}};
  problem.layers.push_back({"a", {{"2", 4, {1, 1}}, {"4", 1, {2, 2}}, {"8", 1, {3, 2}}}});
  problem.layers.push_back({"b", {{"2", 0, {1, 1}}, {"4", 0, {1, 1}}, {"8", 0, {2, 1}}}});
  const Order order{{1, 2}, std::vector<std::vector<int>>(2, {0, 1, 2})};
  for (const std::vector<Limit>& limits :
       {std::vector<Limit>{{0, 9}}, std::vector<Limit>{{0, 9}, {1, 9}}}) {
    const auto frontier = monotone_frontier(problem, order, limits);
    ASSERT_EQ(frontier.size(), 2u) << limits.size();
    EXPECT_EQ(frontier[0].omega, 4);
    EXPECT_EQ(frontier[0].costs, (std::vector<double>{2, 2}));
    EXPECT_EQ(frontier[1].omega, 1);
    EXPECT_EQ(frontier[1].costs, (std::vector<double>{3, 3}));
  }
}

TEST(Hawq, RanksByEigenvalueOverWeights) {
  const NetworkProblem network = testing::tiny_network({2, 4, 8}, {2, 4, 8});
  const auto ranking = hawq_ranking(network);
  for (std::size_t i = 0; i < ranking.size(); ++i)
    EXPECT_DOUBLE_EQ(ranking[i], network.sensitivity.layers[i].weights.eigenvalues[0] /
                                     static_cast<double>(network.layers[i].weights()));
}

TEST(Hawq, GivesMoreBitsToTheMoreSensitiveAndAsManyAsFit) {
  const NetworkProblem network = testing::tiny_network({2, 3, 4, 5, 6, 7, 8}, {2, 4, 8});
  const auto ranking = hawq_ranking(network);
  double before = 1e300;
  for (const double part : {1.0, 0.6, 0.4, 0.3, 0.2}) {
    const Limit limit{0, part * testing::cost_at_8_bits(network, 0)};
    const auto found = find_method("hawq").solve(network, {limit}, {}).solution;
    ASSERT_TRUE(found) << part;
    EXPECT_LE(found->costs[0], limit.value * (1 + 1e-12));
    EXPECT_LE(found->costs[0], before) << part;
    before = found->costs[0];
    const graph::Policy policy = policy_of(network, found->choices);
    for (std::size_t i = 0; i < policy.size(); ++i)
      for (std::size_t j = 0; j < policy.size(); ++j)
        if (ranking[i] < ranking[j]) {
          EXPECT_LE(policy[i].weight_bits, policy[j].weight_bits);
          EXPECT_LE(policy[i].activation_bits, policy[j].activation_bits);
        }
  }
  EXPECT_FALSE(find_method("hawq").solve(network, {{0, 1e-9}}, {}).solution);
}

/// With 9 bits a word has one part more than with 10 that accumulators take: more bits cost less.
TEST(Methods, SayThatAnotherFindsAPolicyWhereTheirsKeepNoLimit) {
  const NetworkProblem network = testing::more_bits_cost_less();
  const double limit = 0.5 * (testing::cost_at_level(network, 0, 0) +
                              solve(network.problem, {.minimize_cost = 0}).solution->costs[0]);
  EXPECT_TRUE(find_method("hawq-v3").solve(network, {{0, limit}}, {}).solution);
  const std::string said = testing::complaint([&] {
    find_policy(find_method("hawq-v2"), network, {{0, limit}}, {});
  });
  EXPECT_NE(said.find("(of the policies that hawq-v2 looks at; hawq-v3 finds one)"),
            std::string::npos)
      << said;
}

/// Where more bits cost less, hawq-v3 keeps limits that the others do not.
TEST(Methods, SweepFromTheLeastThatTheirOwnPoliciesKeep) {
  const NetworkProblem network = testing::more_bits_cost_less();
  for (const Method& method : methods()) {
    if (method.by_filter) continue;
    const auto each = [] { return SolveOptions{}; };
    const EndsAnswer answer = method.ends(network, {{0, 1}}, each);
    ASSERT_TRUE(answer.ends) << method.name;
    const auto [least, of_best] = *answer.ends;
    EXPECT_EQ(least, method.nearest(network, {{0, 1}}, {}).front().least) << method.name;
    EXPECT_TRUE(method.solve(network, {{0, least}}, {}).solution) << method.name;
    EXPECT_FALSE(method.solve(network, {{0, least * (1 - 1e-6)}}, {}).solution) << method.name;
    EXPECT_EQ(of_best, method.solve(network, {}, {}).solution->costs[0]) << method.name;
    EXPECT_FALSE(method.ends(network, {{0, 1}, {0, 0.9 * least}}, each).ends) << method.name;
  }
  EXPECT_LT(
      find_method("hawq-v3").ends(network, {{0, 1}}, [] { return SolveOptions{}; }).ends->least,
      find_method("hawq-v2").ends(network, {{0, 1}}, [] { return SolveOptions{}; }).ends->least);
}

/// The largest of tied layers' sensitivities counts.
TEST(Hawq, GivesTiedLayersTheBitsOfTheMostSensitive) {
  NetworkProblem network = testing::tiny_network({2, 3, 4, 5, 6, 7, 8}, {8});
  network.problem.ties = {{3, 4}, {8, 9}};
  const auto bits = [](const NetworkProblem& of) {
    std::vector<std::vector<int>> policies;
    for (const FrontierPoint& point : hawq_policies(of)) {
      auto& policy = policies.emplace_back();
      for (const graph::Precision& precision : policy_of(of, point.choices))
        policy.push_back(precision.weight_bits);
    }
    return policies;
  };
  NetworkProblem alike = network;
  for (const auto& tied : network.problem.ties) {
    double most = 0;
    for (const std::size_t i : tied) most = std::max(most, hawq_ranking(network)[i]);
    for (const std::size_t i : tied)
      alike.sensitivity.layers[i].weights.eigenvalues = {
          most * static_cast<double>(network.layers[i].weights())};
  }
  alike.problem.ties.clear();
  EXPECT_EQ(bits(network), bits(alike));
}

TEST(HawqV2, DoesNotFallAlongTheTraceAndIsNoBetterThanV3) {
  const NetworkProblem network = testing::tiny_network({2, 3, 4, 5, 6, 7, 8}, {2, 4, 8});
  for (const double part : {0.6, 0.4, 0.3}) {
    const std::vector<Limit> limits{{0, part * testing::cost_at_8_bits(network, 0)},
                                    {3, part * testing::cost_at_8_bits(network, 3)}};
    const Answer v2 = find_method("hawq-v2").solve(network, limits, {});
    const Answer v3 = find_method("hawq-v3").solve(network, limits, {});
    const Answer v1 = find_method("hawq").solve(network, limits, {});
    ASSERT_TRUE(v1.solution && v2.solution && v3.solution);
    EXPECT_LE(v3.solution->omega, v2.solution->omega * (1 + 1e-12));
    EXPECT_LE(v3.solution->omega, v1.solution->omega * (1 + 1e-12));
    EXPECT_DOUBLE_EQ(v1.solution->bound, v3.solution->omega);
    const graph::Policy policy = policy_of(network, v2.solution->choices);
    for (std::size_t i = 0; i < policy.size(); ++i)
      for (std::size_t j = 0; j < policy.size(); ++j)
        if (*network.sensitivity.layers[i].weights.trace <
            *network.sensitivity.layers[j].weights.trace) {
          EXPECT_LE(policy[i].weight_bits, policy[j].weight_bits);
        }
  }
}

TEST(Methods, NeedWhatTheyGoBy) {
  NetworkProblem network = testing::tiny_network({4, 8}, {8});
  network.sensitivity.layers[1].weights.trace.reset();
  network.sensitivity.layers[1].weights.eigenvalues.clear();
  const std::string layer = network.layers[1].name;
  EXPECT_EQ(complaint([&] {
              find_method("hawq").solve(network, {{0, 1e9}}, {});
            }),
            "hawq ranks by eigenvalues, and layer '" + layer +
                "' has none in the sensitivity file; make it with --method eigenvalue");
  EXPECT_EQ(complaint([&] {
              find_method("hawq-v2").solve(network, {{0, 1e9}}, {});
            }),
            "hawq-v2 orders by traces, and layer '" + layer +
                "' has none in the sensitivity file; make it with --method trace");
  EXPECT_EQ(complaint([&] { find_method("hawq-v4"); }),
            "unknown method 'hawq-v4': did you mean hawq-v2, hawq-v3? (known: hawq, hawq-v2, "
            "hawq-v3, kernel-wise)");
}

}  // namespace
}  // namespace bitloom::search
