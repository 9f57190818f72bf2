#pragma once

#include <string>
#include <vector>

#include "pipelines/choices.h"
#include "sim/simulator.h"

/// What a network comes to is counted in 64 bits.
namespace bitloom::pipelines {

/// A UserError names the first of `places`, one for each layer, with which the sum of MACs, weight
/// bits or BOPs of the layers, each at its own batch, passes 2^63 - 1.
void require_countable_work(const std::vector<std::string>& places,
                            const std::vector<sim::Job>& jobs);
/// The same of a network's layers at bits of a policy.
void require_countable_work(const Network& network, const graph::Policy& policy,
                            std::int64_t batch = 1);
/// The same of cycles and bits of DRAM.
void require_countable_costs(const std::vector<std::string>& places,
                             const std::vector<sim::LayerResult>& results);

}  // namespace bitloom::pipelines
