#pragma once

#include <string_view>
#include <vector>

#include "sim/simulator.h"

namespace bitloom::sim {

/// A limit of a BISMO overlay that can be lifted in thought.
struct Lift {
  std::string_view name;
  std::string_view short_name;
  std::string_view doc;  // what the machine is like without it
  /// Whether the machine has the limit.
  bool (*is_there)(const hardware::Bismo& hardware);
  /// The machine without it, for a layer that is mapped so on the machine that has it. None: what
  /// remains is the cycles in which the array does not wait for operands.
  void (*lift)(hardware::Bismo& hardware, const mapping::Mapping& mapping);
};

/// The lifts that change anything of `hardware`, in the order of reports.
std::vector<Lift> lifts_of(const hardware::Bismo& hardware);

/// Cycles of each layer when one limit alone is lifted, by the engine of `options`: [lift][layer],
/// lifts as lifts_of() has them. `results` are those of `jobs` on the machine as it is.
std::vector<std::vector<Cycles>> lifted_cycles(const std::vector<Job>& jobs,
                                               const std::vector<LayerResult>& results,
                                               const hardware::Bismo& hardware,
                                               const EngineOptions& options,
                                               const Execution& execution = {});

/// What most of a layer's cycles go on, in the words of cycle::Bound: the cycle engine's counters
/// tell; of the analytic engine, which does not know for which operand the array waits, the one
/// with more beats to come.
std::string_view bound_by(const Job& job, const LayerResult& result,
                          const hardware::Bismo& hardware);

/// A layer's or a network's place under the roofline (Williams et al., CACM 2009), of binary
/// products (BOPs: MACs x weight bits x activation bits) and bytes of DRAM (whole bursts, or
/// beats).
struct Roofline {
  double bops = 0;  // of the whole batch
  double macs = 0;
  double bytes = 0;
  double seconds = 0;
  double peak_bops_per_second = 0;
  double bytes_per_second = 0;  // of DRAM at its peak, else of the ports

  double intensity() const { return bops / bytes; }  // BOPs a byte
  double attained() const { return bops / seconds; }
  bool is_under_the_array() const { return intensity() * bytes_per_second >= peak_bops_per_second; }
  double ceiling() const {
    return is_under_the_array() ? peak_bops_per_second : intensity() * bytes_per_second;
  }
};
Roofline roofline(const Job& job, const cost::LayerCost& cost, const hardware::Hardware& hardware);
/// Of all layers together.
Roofline operator+(Roofline sum, const Roofline& layer);

}  // namespace bitloom::sim
