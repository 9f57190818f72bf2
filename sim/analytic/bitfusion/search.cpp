#include "sim/analytic/bitfusion/search.h"

#include <algorithm>
#include <bitset>
#include <map>
#include <optional>

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

/// What has been found so far.
struct Best {
  const Candidate* candidate;
  LoopOrder order;
  OrderCost cost;
  EnergyParts energy;
};

class Search {
 public:
  Search(const LoopNest& nest, const Pricer& pricer)
      : pricer_(pricer),
        square_(nest.output.height == nest.output.width && nest.input.height == nest.input.width &&
                nest.kernel.height == nest.kernel.width &&
                nest.stride.height == nest.stride.width) {}

  /// Whether some loop order of `candidate` might win.
  bool may_win(const Candidate& candidate) const {
    return !best_ || candidate.cost.least_cycles <= best_->cost.cycles;
  }
  void consider(const Candidate& candidate, const std::vector<LoopOrder>& orders) {
    for (const LoopOrder& order : orders) {
      const OrderCost cost = pricer_.cost(candidate.tiling, candidate.cost, order);
      if (best_ && cost.cycles > best_->cost.cycles) continue;
      const EnergyParts energy =
          pricer_.energy(candidate.cost, cost.cycles, pricer_.traffic(candidate.tiling, cost));
      if (!best_ || beats(candidate, cost, energy)) best_ = {&candidate, order, cost, energy};
    }
  }
  void consider(const Candidate& candidate) {
    consider(candidate, distinct_.of(candidate.tiling, square_));
  }
  const Best& best() const { return *best_; }

 private:
  bool beats(const Candidate& candidate, const OrderCost& cost, const EnergyParts& energy) const {
    if (cost.cycles != best_->cost.cycles) return cost.cycles < best_->cost.cycles;
    if (energy.total != best_->energy.total) return energy.total < best_->energy.total;
    const std::int64_t tiles = candidate.tiles(), least = best_->candidate->tiles();
    return tiles < least || (tiles == least && candidate.number < best_->candidate->number);
  }

  const Pricer& pricer_;
  bool square_;
  DistinctOrders distinct_;
  std::optional<Best> best_;
};

Mapping mapping_of(const Best& best, const LoopNest& nest, const Pricer& pricer) {
  const CutTiling& tiling = best.candidate->tiling;
  Mapping mapping;
  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    mapping.tile[loop] = tiling[loop]->tile;
    mapping.trips[loop] = tiling[loop]->trips;
  }
  mapping.held_bits = mapping::bitfusion::element_bits(nest);
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
  if (!exhaustive)
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
      return a.cost.least_cycles < b.cost.least_cycles ||
             (a.cost.least_cycles == b.cost.least_cycles && a.number < b.number);
    });
  Search search(nest, pricer);
  std::int64_t priced = 0;
  for (const Candidate& candidate : candidates) {
    if (exhaustive) {
      search.consider(candidate, all_orders());
    } else {
      if (!search.may_win(candidate)) break;
      search.consider(candidate);
    }
    ++priced;
  }
  Mapping mapping = mapping_of(search.best(), nest, pricer);
  mapping.tilings = static_cast<std::int64_t>(cuts.batch.size() * cuts.columns.size() *
                                              cuts.in.size() * cuts.out.size());
  mapping.fitting = static_cast<std::int64_t>(candidates.size());
  mapping.priced = priced;
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

cost::LayerCost layer_cost(const graph::LayerShape& layer, const LoopNest& nest,
                           const Mapping& mapping, const hardware::BitFusion& hw) {
  cost::LayerCost cost;
  cost.timing = {.total = Cycles(mapping.cycles),
                 .compute = Cycles(mapping.compute_cycles),
                 .fetch_stall = Cycles(mapping.memory_wait_cycles()),
                 .result_stall = {}};
  cost.dram = mapping.traffic.dram_read + mapping.traffic.dram_write;
  constexpr double kPicojoulesPerMilliwattMillisecond = 1e6;
  cost.energy = {.compute = mapping.energy.core,
                 .buffer = mapping.energy.sram,
                 .dram = mapping.energy.dram,
                 .leakage = Picojoules(hw.energy.static_mw.value *
                                       runtime(cost.timing.total, hw.clock()).count() *
                                       kPicojoulesPerMilliwattMillisecond)};
  cost.utilization =
      static_cast<double>(graph::bops(layer, nest.precision).count()) *
      static_cast<double>(nest.batch) /
      (static_cast<double>(mapping.cycles) * static_cast<double>(hw.peak_bit_macs_per_cycle()));
  return cost;
}

}  // namespace bitloom::analytic::bitfusion
