#include "sim/families/bitfusion/analytic.h"

#include <algorithm>
#include <bitset>
#include <limits>
#include <map>
#include <optional>

#include "sim/families/bitfusion/scratchpads.h"

namespace bitloom::analytic::bitfusion {
namespace {

using mapping::bitfusion::Buffer;
using mapping::bitfusion::Cut;
using mapping::bitfusion::Cuts;
using mapping::bitfusion::index;
using mapping::bitfusion::kLoops;
using mapping::bitfusion::Loop;
using mapping::bitfusion::Span;

/// All permutations, ascending.
std::vector<LoopOrder> all_orders() {
  LoopOrder order{Loop::kBatch, Loop::kColumn, Loop::kRow, Loop::kIn, Loop::kOut};
  std::vector<LoopOrder> orders;
  do orders.push_back(order);
  while (std::next_permutation(order.begin(), order.end()));
  return orders;
}

/// Loop orders, the first of each kind: loops of one trip make no difference, nor does which of
/// columns and rows comes first where they are alike.
class DistinctOrders {
 public:
  const std::vector<LoopOrder>& of(const CutTiling& tiling, bool square) {
    std::bitset<kLoops + 1> kind;
    for (std::size_t loop = 0; loop < kLoops; ++loop) kind[loop] = tiling[loop]->trips > 1;
    kind[kLoops] = square;
    std::vector<LoopOrder>& orders = of_kind_[kind.to_ulong()];
    if (orders.empty()) orders = make(kind, square);
    return orders;
  }

 private:
  static std::vector<LoopOrder> make(const std::bitset<kLoops + 1>& kind, bool square) {
    std::vector<LoopOrder> orders;
    std::map<std::vector<Loop>, bool> seen;
    for (const LoopOrder& order : all_orders()) {
      std::vector<Loop> looping;
      for (const Loop loop : order)
        if (kind[index(loop)])
          looping.push_back(square && loop == Loop::kRow ? Loop::kColumn : loop);
      if (seen.emplace(std::move(looping), true).second) orders.push_back(order);
    }
    return orders;
  }
  std::array<std::vector<LoopOrder>, std::size_t{1} << (kLoops + 1)> of_kind_;
};

struct Candidate {
  CutTiling tiling;
  TilingCost cost;
  std::int64_t number;  // in the order of tiles
  Picojoules least_energy = {};
  bool priced = false;

  std::int64_t tiles() const {
    std::int64_t tiles = 1;
    for (const Cut* cut : tiling) tiles *= cut->trips;
    return tiles;
  }
};

/// Every tiling that fits, in the order of tiles.
std::vector<Candidate> fitting(const Cuts& cuts, const Pricer& pricer) {
  std::vector<Candidate> candidates;
  std::int64_t number = 0;
  for (const Cut& batch : cuts.batch)
    for (std::size_t side = 0; side < cuts.columns.size(); ++side)
      for (const Cut& in : cuts.in)
        for (const Cut& out : cuts.out) {
          const CutTiling tiling{&batch, &cuts.columns[side], &cuts.rows[side], &in, &out};
          if (pricer.fits(tiling)) candidates.push_back({tiling, pricer.cost(tiling), number});
          ++number;
        }
  return candidates;
}

/// A candidate in a loop order.
struct Best {
  const Candidate* candidate;
  LoopOrder order;
  OrderCost cost;
  EnergyParts energy;
};

class Search {
 public:
  Search(const LoopNest& nest, const Pricer& pricer, bool exhaustive)
      : pricer_(pricer),
        exhaustive_(exhaustive),
        square_(nest.output.height == nest.output.width && nest.input.height == nest.input.width &&
                nest.kernel.height == nest.kernel.width &&
                nest.stride.height == nest.stride.width) {
    if (exhaustive) all_orders_ = all_orders();
  }

  /// Of all candidates and loop orders.
  std::int64_t least_cycles(std::vector<Candidate>& candidates) {
    if (!exhaustive_)
      std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return a.cost.least_cycles < b.cost.least_cycles;
      });
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (Candidate& candidate : candidates) {
      if (!exhaustive_ && candidate.cost.least_cycles >= least) break;
      candidate.priced = true;
      for (const LoopOrder& order : orders_of(candidate))
        least = std::min(least, pricer_.cost(candidate.tiling, candidate.cost, order).cycles);
    }
    return least;
  }

  /// The least energy in at most `most_cycles`.
  Best best(std::vector<Candidate>& candidates, std::int64_t most_cycles) {
    std::vector<Candidate*> within;
    for (Candidate& candidate : candidates) {
      if (candidate.cost.least_cycles > most_cycles) continue;
      candidate.least_energy = pricer_.least_energy(candidate.tiling, candidate.cost);
      within.push_back(&candidate);
    }
    if (!exhaustive_)
      std::sort(within.begin(), within.end(), [](const Candidate* a, const Candidate* b) {
        return a->least_energy < b->least_energy;
      });
    std::optional<Best> best;
    for (Candidate* candidate : within) {
      if (!exhaustive_ && best && best->energy.total < candidate->least_energy) break;
      candidate->priced = true;
      for (const LoopOrder& order : orders_of(*candidate)) {
        const OrderCost cost = pricer_.cost(candidate->tiling, candidate->cost, order);
        if (cost.cycles > most_cycles) continue;
        const EnergyParts energy =
            pricer_.energy(candidate->cost, cost.cycles, pricer_.traffic(candidate->tiling, cost));
        const Best found{candidate, order, cost, energy};
        if (!best || beats(found, *best)) best = found;
      }
    }
    return *best;
  }

 private:
  const std::vector<LoopOrder>& orders_of(const Candidate& candidate) {
    return exhaustive_ ? all_orders_ : distinct_.of(candidate.tiling, square_);
  }
  static bool beats(const Best& a, const Best& b) {
    if (a.energy.total != b.energy.total) return a.energy.total < b.energy.total;
    if (a.cost.cycles != b.cost.cycles) return a.cost.cycles < b.cost.cycles;
    const std::int64_t tiles = a.candidate->tiles(), least = b.candidate->tiles();
    return tiles < least || (tiles == least && a.candidate->number < b.candidate->number);
  }

  const Pricer& pricer_;
  bool exhaustive_;
  bool square_;
  DistinctOrders distinct_;
  std::vector<LoopOrder> all_orders_;  // where exhaustive
};

Mapping mapping_of(const Best& best, const LoopNest& nest, const hardware::BitFusion& hw,
                   const Pricer& pricer) {
  const CutTiling& tiling = best.candidate->tiling;
  Mapping mapping;
  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    mapping.tile[loop] = tiling[loop]->tile;
    mapping.trips[loop] = tiling[loop]->trips;
  }
  mapping.held_bits = mapping::bitfusion::held_element_bits(nest, hw);
  for (std::size_t buffer = 0; buffer < mapping::bitfusion::kBuffers; ++buffer)
    for (const Cut* cut : tiling) mapping.held_bits[buffer] *= cut->spans[buffer].held_tile;
  mapping.order = best.order;
  mapping.dataflow = pricer.dataflow(tiling);
  mapping.fetches = best.cost.fetches;
  mapping.cycles = nest.repeats * best.cost.cycles;
  mapping.compute_cycles = nest.repeats * best.candidate->cost.compute;
  mapping.port_cycles = nest.repeats * best.cost.port_cycles;
  mapping.latency_cycles = nest.repeats * best.cost.latency;
  mapping.late_cycles = nest.repeats * best.cost.late;
  mapping.traffic = nest.repeats * pricer.traffic(tiling, best.cost);
  mapping.energy = static_cast<double>(nest.repeats) * best.energy;
  return mapping;
}

}  // namespace

Mapping search(const graph::LayerShape& layer, const LoopNest& nest, const hardware::BitFusion& hw,
               bool exhaustive) {
  const Cuts cuts = mapping::bitfusion::cuts_of(nest, hw);
  require_some_tile_fits(layer, nest, cuts, hw);
  const Pricer pricer(nest, hw);
  std::vector<Candidate> candidates = fitting(cuts, pricer);
  Search search(nest, pricer, exhaustive);
  const std::int64_t least = search.least_cycles(candidates);
  const double slack = static_cast<double>(least) * hw.mapping_slack_pct / 100;
  const Best best = search.best(candidates, least + static_cast<std::int64_t>(slack));
  Mapping mapping = mapping_of(best, nest, hw, pricer);
  mapping.tilings = static_cast<std::int64_t>(cuts.batch.size() * cuts.columns.size() *
                                              cuts.in.size() * cuts.out.size());
  mapping.fitting = static_cast<std::int64_t>(candidates.size());
  mapping.priced = std::count_if(candidates.begin(), candidates.end(),
                                 [](const Candidate& candidate) { return candidate.priced; });
  return mapping;
}

Mapping retimed(const Mapping& mapping, std::int64_t cycles, const hardware::BitFusion& hw) {
  Mapping retimed = mapping;
  retimed.cycles = cycles;
  if (!hw.oddities.core_energy_flat) {
    const Picojoules idle(static_cast<double>((cycles - mapping.cycles) * hw.units()) *
                          hw.energy.idle_unit_cycle_pj.value);
    retimed.energy.core += idle;
    retimed.energy.total += idle;
  }
  return retimed;
}

}  // namespace bitloom::analytic::bitfusion
