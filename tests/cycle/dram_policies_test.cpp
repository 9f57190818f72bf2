// Whole networks under random policies: do both engines rank them alike where data come from DRAM?
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <random>

#include "models/graph/zoo/zoo.h"
#include "sim/engines.h"
#include "sim/simulator.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {
namespace {

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) ranks[order[i]] = static_cast<double>(i);
  return ranks;
}

/// Of ranks without ties: 1 - 6 sum d^2 / (n (n^2 - 1)).
double spearman(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> x = ranks(a), y = ranks(b);
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) squares += (x[i] - y[i]) * (x[i] - y[i]);
  const auto n = static_cast<double>(x.size());
  return 1 - 6 * squares / (n * (n * n - 1));
}

void compare(const std::string& network, const std::string& machine) {
  constexpr int kMaxBits = 8, kPolicies = 500;
  const hardware::Hardware hw = testing::shipped(machine);
  const auto layers = graph::layers_of(graph::make_network(network));
  const sim::CostTable estimates(layers, hw, 1, kMaxBits);
  const sim::CostTable simulated(layers, hw, 1, kMaxBits, {sim::cycle()});
  std::mt19937 random(1);
  std::uniform_int_distribution<int> bits(1, kMaxBits);
  std::vector<double> estimated_cycles, simulated_cycles;
  double error = 0, worst = 0;
  for (int i = 0; i < kPolicies; ++i) {
    double estimate = 0, cycles = 0;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      const graph::Precision precision{bits(random), bits(random)};
      estimate += static_cast<double>(estimates.at(layer, precision).timing.total.count());
      cycles += static_cast<double>(simulated.at(layer, precision).timing.total.count());
    }
    estimated_cycles.push_back(estimate);
    simulated_cycles.push_back(cycles);
    error += 100 * std::abs(estimate / cycles - 1) / kPolicies;
    worst = std::max(worst, 100 * std::abs(estimate / cycles - 1));
  }
  const double rho = spearman(estimated_cycles, simulated_cycles);
  std::printf("%s on %s: Spearman %.5f, mean error %.2f %%, worst %.2f %%\n", network.c_str(),
              machine.c_str(), rho, error, worst);
  EXPECT_GE(rho, 0.99);
  EXPECT_LE(worst, 3);
}

TEST(DramPolicies, OfASmallNetworkAreRankedAlike) { compare("resnet20", "bismo-edge-real"); }

TEST(SlowDramPolicies, OfImageNetNetworksAreRankedAlike) {
  for (const std::string network : {"resnet18", "mobilenet_v2"})
    for (const std::string machine : {"bismo-edge-real", "bismo-cloud-real"})
      compare(network, machine);
}

}  // namespace
}  // namespace bitloom
