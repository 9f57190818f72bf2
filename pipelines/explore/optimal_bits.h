#pragma once

#include <string>
#include <vector>

#include "models/graph/policy.h"
#include "search/measure/sensitivity_file.h"
#include "search/problem/bit_space.h"
#include "sim/hardware.h"

namespace bitloom::pipelines {

/// Bits that are chosen anew for each machine: those of least cost on it whose Omega is within a
/// limit, proved optimal.
struct OptimalBits {
  std::vector<graph::LayerShape> layers;
  search::Sensitivity sensitivity;
  search::BitSpace bits;
  double most_omega = 0;
  std::size_t least = 0;  // what is least: an index of search::cost_kinds()

  /// 16 digits that change with all of it.
  std::string fingerprint() const;
};

struct ChosenBits {
  graph::Policy policy;
  double omega;
};

/// The bits for a machine. A UserError of kind kUnsupported where none keep the limit on it.
ChosenBits optimal_bits(const OptimalBits& wanted, const hardware::Hardware& machine);

/// Omega of a policy.
double omega_of(const OptimalBits& wanted, const graph::Policy& policy);

}  // namespace bitloom::pipelines
