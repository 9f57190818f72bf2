#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/family.h"

/// What a point of a space comes to. All is of an image: what a batch takes, divided by its images.
namespace bitloom::pipelines {

/// A cost of a point: a column of stores, and a name in conditions.
struct Metric {
  std::string column;       // `latency_ms`: with its unit
  std::string objective;    // `latency`: as spaces name it
  bool is_of_chip = false;  // known before anything is priced
  bool more_is_better = false;
};

/// The costs that a machine has: those of every machine, then what it takes of a chip, then Omega
/// where bits are chosen.
std::vector<Metric> metrics_of(const sim::Machine& machine, bool chooses_bits);

/// What the layers of one network take on a machine.
struct NetworkCosts {
  double latency_ms = 0;
  double energy_mj = 0;
  double dram_bytes = 0;
  double worst_layer_ms = 0;
  double omega = 0;  // of bits that are chosen
};

/// The values of `metrics`: `costs` is the mean of the networks, and of `worst_layer_ms` the
/// greatest. What the machine does not tell is no number.
std::vector<double> values_of(const std::vector<Metric>& metrics, const NetworkCosts& costs,
                              const sim::Machine& machine);

}  // namespace bitloom::pipelines
