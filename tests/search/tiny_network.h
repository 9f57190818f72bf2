#pragma once

#include <cmath>
#include <random>
#include <string>

#include "models/graph/zoo/zoo.h"
#include "search/problem/budget.h"
#include "search/problem/network_problem.h"
#include "sim/simulator.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom::testing {

/// Sensitivities as they look, drawn for `network`: a trace for each tensor, and omega falling
/// fourfold with each bit.
inline search::Sensitivity drawn_sensitivity(const std::string& network,
                                             const std::vector<graph::LayerShape>& layers) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> spread(0, 2);
  search::Sensitivity drawn{network, "trace", "min-max", 1, {}};
  for (const graph::LayerShape& layer : layers) {
    const auto tensor = [&](double elements) {
      search::TensorSensitivity t;
      t.trace = spread(random) / elements;
      t.standard_error = *t.trace / 10;
      t.probes = 30;
      t.eigenvalues = {spread(random)};
      t.residuals = {0};
      for (int bits = 1; bits <= graph::kMaxBits; ++bits)
        t.omega[bits] = *t.trace * elements * std::pow(4, -bits);
      return t;
    };
    const auto pixels =
        static_cast<double>(layer.in_channels * layer.input.height * layer.input.width);
    drawn.layers.push_back(
        {layer.name, tensor(static_cast<double>(layer.weights())), tensor(pixels)});
  }
  return drawn;
}

/// A network of the zoo on hardware, all layers with the same widths.
inline search::NetworkProblem drawn_network(const std::string& name, const hardware::Hardware& hw,
                                            const std::vector<int>& weight_bits,
                                            const std::vector<int>& activation_bits) {
  const auto layers = graph::layers_of(graph::make_network(name));
  const search::BitSpace space =
      search::make_bit_space(layers, {weight_bits, activation_bits}, std::nullopt, std::nullopt);
  return search::make_network_problem(layers, space, drawn_sensitivity(name, layers),
                                      sim::price(layers, search::pairs_of(space), hw, hw.batch()),
                                      hw.clock());
}

inline search::NetworkProblem drawn_network(const std::string& name, const std::string& hardware,
                                            const std::vector<int>& weight_bits,
                                            const std::vector<int>& activation_bits) {
  return drawn_network(name, shipped(hardware), weight_bits, activation_bits);
}

/// ResNet-18 on an array where many layers are faster with 10-bit activations than with 9-bit ones.
inline search::NetworkProblem more_bits_cost_less() {
  hardware::Bismo edge = shipped_hardware("bismo-edge");
  edge.accumulator_bits = 40;
  return drawn_network("resnet18", edge, {8}, {9, 10});
}

/// MobileNet-V1 of width 0.75 on an array of 16x128x16 at 300 MHz with DDR4.
inline search::NetworkProblem network_of_large_steps() {
  hardware::Bismo machine = shipped_hardware("bismo-cloud-real");
  machine.dk = 128;
  machine.clock_mhz = 300;
  machine.batch = 1;
  const std::vector<int> bits{2, 3, 4, 5, 6, 7, 8};
  return drawn_network("mobilenet_v1_0.75", machine, bits, bits);
}

/// Draws the omegas of a network that has all pairs of 2 to 8 bits anew, each tensor's falling
/// fourfold with each bit, by and large.
inline void draw_omegas(search::NetworkProblem& network, std::mt19937_64& random) {
  std::lognormal_distribution<double> spread(0, 1.5), noise(0, 0.1);
  for (search::LayerChoices& layer : network.problem.layers) {
    std::vector<double> weights, activations;
    const double weight = spread(random), activation = spread(random);
    for (int bits = 2; bits <= 8; ++bits) {
      weights.push_back(weight * std::pow(4, -bits) * noise(random));
      activations.push_back(activation * std::pow(4, -bits) * noise(random));
    }
    for (std::size_t c = 0; c < layer.choices.size(); ++c)
      layer.choices[c].omega = weights[c / 7] + activations[c % 7];
  }
}

inline search::NetworkProblem tiny_network(const std::vector<int>& weight_bits,
                                           const std::vector<int>& activation_bits) {
  return drawn_network("resnet20", "bismo-edge", weight_bits, activation_bits);
}

/// The cost of that index where every layer has its choice of that index.
inline double cost_at_level(const search::NetworkProblem& network, std::size_t cost,
                            std::size_t choice) {
  return search::cost_of(network.problem, search::Choices(network.layers.size(), choice), cost);
}

/// The cost of that index where every layer has its most bits, here 8/8.
inline double cost_at_8_bits(const search::NetworkProblem& network, std::size_t cost) {
  double sum = 0;
  for (const search::LayerChoices& layer : network.problem.layers)
    sum += layer.choices.back().costs[cost];
  return sum;
}

}  // namespace bitloom::testing
