#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/choices.h"
#include "pipelines/machine_grid.h"
#include "reports/comparison.h"

namespace bitloom::pipelines {

/// Policies whose bits, from 2 to 8, are drawn for each operand of each layer.
struct RandomPolicies {
  std::int64_t count = 0;
  std::uint64_t seed = 1;
};

struct CompareOptions {
  NetworkChoice network;
  std::vector<std::string> hardware;        // names or YAML files: 2 to 26 machines, or a sweep
  std::optional<std::int64_t> batch = {};   // of all machines; else each machine's own
  std::vector<PolicyChoice> policies = {};  // each has bits or a file
  RandomPolicies random = {};
  std::optional<graph::Precision> edge_layers = {};  // of every policy
  double gain_percent = 5;                           // what a bit less must save to pay
  EngineChoice engine = {};
  hardware::Settings settings = {};              // of every machine
  std::optional<std::string> energy_table = {};  // a file with constants in place of the machines'
  std::vector<SweptKey> sweep = {};           // the machines are every combination of these values
  std::vector<HardwareChoice> machines = {};  // before `hardware`, with what each has of its own
};

/// Prices policies on several machines, and uniform ones from 8 bits down until a machine refuses.
/// Of a sweep's machines only the policies are priced; what a machine refuses is listed apart.
/// A UserError where a machine is named twice, there is no policy, or a policy cannot be priced.
reports::Comparison compare(const CompareOptions& options, const Host& host = {});

}  // namespace bitloom::pipelines
