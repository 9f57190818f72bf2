// Bits by filter as a program of choices.
#include "search/problem/filter_problem.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "search/policy/methods.h"
#include "tests/search/tiny_network.h"
#include "tests/support/complaint.h"

namespace bitloom::search {
namespace {

using testing::complaint;

constexpr std::size_t kLatency = 0, kSize = 3;

/// Three convolutions, the second depthwise, and what each filter of them loses.
struct Drawn {
  std::vector<graph::LayerShape> layers;
  Sensitivity sensitivity{"net", "fisher", "least-error", 1, {}};

  explicit Drawn(unsigned seed = 1) {
    const auto add = [&](const char* name, std::int64_t in, std::int64_t out, std::int64_t groups) {
      graph::LayerShape layer{.name = name, .in_channels = in, .out_channels = out};
      layer.kernel = {3, 3};
      layer.input = layer.output = {12, 12};
      layer.groups = groups;
      if (groups > 1) layer.kind = graph::LayerKind::kDepthwise;
      layers.push_back(layer);
    };
    add("first", 16, 32, 1);
    add("deep", 32, 32, 32);
    add("last", 32, 10, 1);
    sensitivity = testing::drawn_sensitivity("net", layers);
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> spread(0, 2);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      FilterSensitivity& filters = sensitivity.layers[i].weights.filters.emplace();
      for (std::int64_t f = 0; f < layers[i].out_channels; ++f) {
        filters.fisher.push_back(spread(random));
        for (int bits = 0; bits <= 8; ++bits)
          filters.omega[bits].push_back(filters.fisher.back() * std::pow(4, -bits));
      }
    }
  }

  NetworkProblem problem(const std::vector<int>& weight_bits, const FilterChoices& choices) const {
    const hardware::Hardware edge = testing::shipped("bismo-edge");
    return make_filter_problem(
        layers, make_bit_space(layers, {weight_bits, {4, 6}}, std::nullopt, std::nullopt),
        sensitivity, edge, 1, {}, {}, choices);
  }
};

graph::FilterBits filters_of(const NetworkProblem& problem, std::size_t layer, std::size_t choice) {
  const graph::FilterBits& filters = problem.filters[layer][choice];
  const auto count = static_cast<std::size_t>(problem.layers[layer].out_channels);
  return filters.empty() ? graph::FilterBits(count, problem.precisions[layer][choice].weight_bits)
                         : filters;
}

TEST(FilterProblem, ChoicesCostWhatTheirPartsDoAndLoseWhatTheirFiltersDo) {
  const Drawn drawn;
  const NetworkProblem problem = drawn.problem({2, 4, 8}, {.costs = {kLatency}});
  const hardware::Hardware edge = testing::shipped("bismo-edge");
  const std::vector<sim::Job> whole =
      sim::lone_jobs_of(drawn.layers, graph::Policy(drawn.layers.size()), 1);
  for (std::size_t i = 0; i < drawn.layers.size(); ++i)
    for (std::size_t c = 0; c < problem.problem.layers[i].choices.size(); ++c) {
      const Choice& choice = problem.problem.layers[i].choices[c];
      SCOPED_TRACE(drawn.layers[i].name + " " + choice.label);
      sim::Job job = whole[i];
      job.precision = problem.precisions[i][c];
      double cycles = 0;
      for (const sim::Job& part : sim::parts_of(job, problem.filters[i][c]))
        cycles += static_cast<double>(sim::run(part, edge, {}).cost.timing.total.count());
      EXPECT_NEAR(choice.costs[kLatency], cycles / edge.clock().count() / 1e3, 1e-12);
      const LayerSensitivity& layer = drawn.sensitivity.layers[i];
      double omega = layer.activations.omega.at(job.precision.activation_bits);
      const graph::FilterBits filters = filters_of(problem, i, c);
      for (std::size_t f = 0; f < filters.size(); ++f)
        omega += layer.weights.filters->omega.at(filters[f])[f];
      EXPECT_NEAR(choice.omega, omega, 1e-9 * omega);
    }
}

TEST(FilterProblem, LeavesNoChoiceThatAnotherBeats) {
  for (const std::vector<std::size_t>& costs :
       {std::vector<std::size_t>{kLatency}, {kSize}, {kLatency, kSize}}) {
    const NetworkProblem problem = Drawn().problem({2, 3, 4, 8}, {.costs = costs});
    for (const LayerChoices& layer : problem.problem.layers)
      for (std::size_t a = 0; a < layer.choices.size(); ++a)
        for (std::size_t b = 0; b < layer.choices.size(); ++b) {
          const bool beats = a != b && layer.choices[b].omega <= layer.choices[a].omega &&
                             std::all_of(costs.begin(), costs.end(), [&](std::size_t k) {
                               return layer.choices[b].costs[k] <= layer.choices[a].costs[k];
                             });
          EXPECT_FALSE(beats) << layer.name << " " << layer.choices[a].label;
        }
  }
}

/// The least omega of `layer` within a size, of all ways to give parts of `step` filters, in the
/// order of falling omega, bits that do not rise, with at most `most` widths. Activations have 6.
double least_omega(const Drawn& drawn, std::size_t layer, std::size_t step,
                   const std::vector<int>& widths, std::size_t most, double megabytes) {
  const FilterSensitivity& filters = *drawn.sensitivity.layers[layer].weights.filters;
  std::vector<std::size_t> order(filters.fisher.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return filters.fisher[a] > filters.fisher[b]; });
  const auto weights = static_cast<double>(drawn.layers[layer].reduction());
  double best = 1e300;
  const std::function<void(std::size_t, std::size_t, std::size_t, double, double)> extend =
      [&](std::size_t at, std::size_t width, std::size_t used, double omega, double size) {
        if (size > megabytes) return;
        if (at >= order.size()) {
          best = std::min(best, omega);
          return;
        }
        for (std::size_t w = 0; w < widths.size(); ++w) {
          const bool is_new = at == 0 || w != width;
          if (at > 0 && w > width) continue;
          if (used + is_new > most) continue;
          double more = 0, bits = 0;
          for (std::size_t f = at; f < std::min(at + step, order.size()); ++f) {
            more += filters.omega.at(widths[w])[order[f]];
            bits += weights * widths[w];
          }
          extend(at + step, w, used + is_new, omega + more, size + bits / 8e6);
        }
      };
  extend(0, 0, 0, 0, 0);
  return best + drawn.sensitivity.layers[layer].activations.omega.at(6);
}

TEST(FilterProblem, HoldsTheBestOfAllAssignments) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Drawn drawn(seed);
    const std::vector<int> widths{2, 3, 5, 8};
    const NetworkProblem problem = drawn.problem(widths, {.costs = {kSize}});
    for (std::size_t i = 0; i < drawn.layers.size(); ++i) {
      const double at_8 = static_cast<double>(drawn.layers[i].weights()) / 1e6;
      for (const double part : {0.3, 0.5, 0.8}) {
        double found = 1e300;
        for (const Choice& choice : problem.problem.layers[i].choices)
          if (choice.costs[kSize] <= part * at_8 + 1e-12) found = std::min(found, choice.omega);
        const double expected =
            least_omega(drawn, i, i == 2 ? 1 : 8, widths, 3, part * at_8 + 1e-12);
        EXPECT_NEAR(found, expected, 1e-9 * expected) << drawn.layers[i].name << " " << part;
      }
    }
  }
}

TEST(FilterProblem, IsSolvedByKernelWiseAndNeverWorseThanWholeLayers) {
  const Drawn drawn;
  const NetworkProblem problem = drawn.problem({2, 3, 4, 5, 6, 7, 8}, {.costs = {kSize}});
  double at_8 = 0;
  for (const graph::LayerShape& layer : drawn.layers)
    at_8 += static_cast<double>(layer.weights()) / 1e6;
  const std::vector<Limit> limits{{kSize, 0.4 * at_8}};
  const Solution found = find_policy(find_method("kernel-wise"), problem, limits, {});
  NetworkProblem whole = problem;
  for (std::size_t i = 0; i < whole.layers.size(); ++i)
    for (std::size_t c = 0; c < whole.filters[i].size(); ++c)
      whole.problem.layers[i].choices[c].allowed = whole.filters[i][c].empty();
  const Solution layer_wise = find_policy(find_method("hawq-v3"), whole, limits, {});
  EXPECT_TRUE(found.proved_optimal);
  EXPECT_LT(found.omega, layer_wise.omega);
  EXPECT_TRUE(filter_policy_of(problem, found.choices).by_filter());
}

TEST(FilterProblem, TellsWhatItNeeds) {
  Drawn drawn;
  drawn.sensitivity.layers[1].weights.filters.reset();
  EXPECT_EQ(complaint([&] {
              drawn.problem({2, 4}, {.costs = {kSize}});
            }),
            "layer 'deep': the sensitivity file has no filters; bitloom sensitivity --by-filter "
            "would be right");
  drawn = Drawn();
  drawn.layers[2].weights_of = "first";
  EXPECT_EQ(complaint([&] {
              drawn.problem({2, 4}, {.costs = {kSize}});
            }),
            "layers 'first' and 'last' choose alike, and kernel-wise has choices of each layer's "
            "own; hawq-v3 would be right");
}

}  // namespace
}  // namespace bitloom::search
