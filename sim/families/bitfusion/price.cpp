#include "sim/families/bitfusion/price.h"

#include <algorithm>

#include "sim/families/bitfusion/scratchpads.h"

namespace bitloom::analytic::bitfusion {
namespace {

using hardware::BitFusion;
using mapping::bitfusion::Buffer;
using mapping::bitfusion::Cut;
using mapping::bitfusion::index;
using mapping::bitfusion::kLoops;
using mapping::bitfusion::Loop;
using mapping::bitfusion::Reduction;
using mapping::bitfusion::Span;

constexpr Buffer kAllBuffers[] = {Buffer::kWeights, Buffer::kActivations, Buffer::kOutputs};
constexpr Loop kAllLoops[] = {Loop::kBatch, Loop::kColumn, Loop::kRow, Loop::kIn, Loop::kOut};

/// The product of one member of every loop's span of a buffer.
std::int64_t product(const CutTiling& tiling, Buffer buffer, std::int64_t Span::*member) {
  std::int64_t elements = 1;
  for (const Cut* cut : tiling) elements *= cut->spans[index(buffer)].*member;
  return elements;
}

/// Elements of a buffer that cross the port in any loop order.
std::int64_t moved_at_least(const CutTiling& tiling, Buffer buffer) {
  std::int64_t elements = 1;
  for (const Cut* cut : tiling) {
    const Span& span = cut->spans[index(buffer)];
    elements *= std::min(span.moved_resident, span.moved_streamed);
  }
  return elements;
}

std::int64_t product(const CutTiling& tiling, std::int64_t Cut::*member) {
  std::int64_t all = 1;
  for (const Cut* cut : tiling) all *= cut->*member;
  return all;
}

}  // namespace

Pricer::Pricer(const LoopNest& nest, const BitFusion& hw) : nest_(nest), hw_(hw) {
  const auto activations = mapping::bitfusion::packing(nest.precision.activation_bits, hw);
  const auto weights = mapping::bitfusion::packing(nest.precision.weight_bits, hw);
  lanes_ = hw.rows * activations.packed * weights.packed;
  traits_ = {
      .element_bits = mapping::bitfusion::element_bits(nest),
      .capacity = mapping::bitfusion::capacity(nest, hw),
      .depends = {},
      .port_bits = hw.port_bits,
      .passage = hw.oddities.overlap_full ? 0 : hw.passage_cycles(),
      .passes = activations.cycles * weights.cycles,
      .final_bits = hw.output_dram_bits > 0 ? hw.output_dram_bits : nest.precision.activation_bits,
      .fills_first = hw.oddities.psum_first_touch};
  for (const Buffer buffer : kAllBuffers)
    for (const Loop loop : kAllLoops)
      traits_.depends[index(buffer)][index(loop)] = depends(buffer, loop, nest.reduction);
}

bool Pricer::fits(const CutTiling& tiling) const {
  return std::all_of(std::begin(kAllBuffers), std::end(kAllBuffers), [&](Buffer buffer) {
    return product(tiling, buffer, &Span::held_tile) <= traits_.capacity[index(buffer)];
  });
}

TilingCost Pricer::cost(const CutTiling& tiling) const {
  std::int64_t head = 0, once = 0;
  for (const Buffer buffer : {Buffer::kWeights, Buffer::kActivations}) {
    head += product(tiling, buffer, &Span::moved_tile) * traits_.element_bits[index(buffer)];
    once += moved_at_least(tiling, buffer) * traits_.element_bits[index(buffer)];
  }
  const std::int64_t tile = product(tiling, Buffer::kOutputs, &Span::moved_tile);
  const std::int64_t outputs = moved_at_least(tiling, Buffer::kOutputs);
  const std::int64_t filled = traits_.fills_first ? BitFusion::kAccumulatorBits : 0;
  head += tile * filled;
  once += outputs * (filled + traits_.final_bits);
  TilingCost cost;
  cost.compute = traits_.passes * product(tiling, &Cut::steps);
  cost.first_latency =
      ceil_div(head, hw_.port_bits) + ceil_div(tile * traits_.final_bits, hw_.port_bits);
  cost.least_cycles =
      std::max(cost.compute + cost.first_latency + traits_.passage, ceil_div(once, hw_.port_bits));
  return cost;
}

Fetch Pricer::fetch(Buffer buffer, const CutTiling& tiling, const LoopOrder& order) const {
  const PerLoop<bool>& depends = traits_.depends[index(buffer)];
  std::int64_t held = product(tiling, buffer, &Span::held_tile);
  Fetch fetch;
  bool streams = false;
  for (std::size_t depth = kLoops; depth > 0; --depth) {
    const Loop loop = order[depth - 1];
    const Cut& cut = *tiling[index(loop)];
    const Span& span = cut.spans[index(buffer)];
    if (!depends[index(loop)]) {
      if (streams) fetch.times *= cut.trips;
      if (streams) fetch.blocks *= cut.trips;
      continue;
    }
    const std::int64_t grown = held / span.held_tile * span.held_all;
    if (!streams && grown > traits_.capacity[index(buffer)]) {
      streams = true;
      fetch.around = depth;
    }
    if (!streams) held = grown;
    if (streams) fetch.blocks *= cut.trips;
    fetch.moved *= streams ? span.moved_streamed : span.moved_resident;
    fetch.resident *= streams ? span.moved_tile : span.moved_resident;
  }
  fetch.moved *= fetch.times;
  fetch.held = held;
  return fetch;
}

/// Beats of all fetches and of the outputs' way back, of whole beats a block.
std::int64_t Pricer::beats(const OrderCost& cost) const {
  const auto of = [&](std::int64_t blocks, std::int64_t bits) {
    return blocks * ceil_div(bits, blocks * hw_.port_bits);
  };
  const auto& [weights, activations, outputs] = cost.fetches;
  return of(weights.blocks, weights.moved * traits_.element_bits[index(Buffer::kWeights)]) +
         of(activations.blocks,
            activations.moved * traits_.element_bits[index(Buffer::kActivations)]) +
         of(outputs.blocks, cost.fill) + of(outputs.blocks, cost.drain);
}

/// Of all that a layer moves, `in` bits of it fetched, less what is waited for at its ends: `ends`
/// bits, `cost.latency` cycles.
std::int64_t Pricer::port_cycles(const OrderCost& cost, std::int64_t in, std::int64_t ends) const {
  const std::int64_t port = hw_.port_bits;
  std::int64_t cycles = 0;
  if (!hw_.oddities.port_packed)
    cycles = beats(cost) - ends / port;
  else if (hw_.oddities.port_split)
    cycles = ceil_div(in, port) + ceil_div(cost.drain, port) - cost.latency;
  else
    cycles = ceil_div(std::max<std::int64_t>(0, in + cost.drain - ends), port);
  return std::max<std::int64_t>(0, cycles);
}

OrderCost Pricer::cost(const CutTiling& tiling, const TilingCost& tile,
                       const LoopOrder& order) const {
  OrderCost cost;
  std::int64_t in = 0, head = 0;
  for (const Buffer buffer : kAllBuffers)
    cost.fetches[index(buffer)] = fetch(buffer, tiling, order);
  for (const Buffer buffer : {Buffer::kWeights, Buffer::kActivations}) {
    in += cost.fetches[index(buffer)].moved * traits_.element_bits[index(buffer)];
    head += cost.fetches[index(buffer)].resident * traits_.element_bits[index(buffer)];
  }
  const Fetch& outputs = cost.fetches[index(Buffer::kOutputs)];
  const std::int64_t once = outputs.moved / outputs.times;
  const std::int64_t sums = (outputs.times - 1) * once * BitFusion::kAccumulatorBits;
  const bool first_touch = traits_.fills_first;
  cost.fill = sums + (first_touch ? once * BitFusion::kAccumulatorBits : 0);
  cost.drain = sums + once * traits_.final_bits;
  head += first_touch ? outputs.resident * BitFusion::kAccumulatorBits : 0;
  std::int64_t tail = outputs.resident * traits_.final_bits;
  cost.latency = ceil_div(head, hw_.port_bits) + ceil_div(tail, hw_.port_bits);
  in += cost.fill;
  if (!hw_.oddities.latency_full) {
    cost.latency = tile.first_latency;
    head = cost.latency * hw_.port_bits;
    tail = 0;
  }
  cost.port_cycles = port_cycles(cost, in, head + tail);
  cost.latency += traits_.passage;
  cost.cycles = std::max(tile.compute, cost.port_cycles) + cost.latency;
  if (!hw_.oddities.overlap_full) {
    const std::int64_t bound = blockwise_cycles(tiling, order, cost, traits_);
    cost.late = std::max<std::int64_t>(0, bound - cost.cycles);
    cost.cycles += cost.late;
  }
  return cost;
}

Dataflow Pricer::published_dataflow(const CutTiling& tiling) const {
  const auto steps = [&](Loop loop) { return tiling[index(loop)]->tile_steps; };
  const std::int64_t z = steps(Loop::kBatch) * steps(Loop::kColumn) * steps(Loop::kRow);
  const std::int64_t u = steps(Loop::kOut) * hw_.columns;
  const std::int64_t v = steps(Loop::kIn) * lanes_;
  const std::int64_t a = nest_.precision.activation_bits, w = nest_.precision.weight_bits;
  constexpr std::int64_t kSum = BitFusion::kAccumulatorBits;
  const std::int64_t input = v * z * (a + u * (w + kSum));
  const std::int64_t output = u * z * (kSum + v * (a + w));
  const std::int64_t weight = v * u * (w + z * (a + kSum));
  if (input <= output && input <= weight) return Dataflow::kInputStationary;
  return output <= weight ? Dataflow::kOutputStationary : Dataflow::kWeightStationary;
}

Pricer::ArrayTraffic Pricer::array_traffic(const CutTiling& tiling, Dataflow dataflow) const {
  const auto cut = [&](Loop loop) -> const Cut& { return *tiling[index(loop)]; };
  const auto over_pixels = [&](std::int64_t Cut::*member) {
    return cut(Loop::kBatch).*member * cut(Loop::kColumn).*member * cut(Loop::kRow).*member;
  };
  const bool unshared = hw_.oddities.sram_unshared;
  const std::int64_t pixels = over_pixels(&Cut::extent);
  const std::int64_t window = nest_.kernel_area() * cut(Loop::kIn).extent;
  const std::int64_t outputs = cut(Loop::kOut).extent;
  // Columns take an activation from their neighbour; a depthwise one is of no use to it.
  const bool passes_on = !unshared && nest_.reduction != Reduction::kChannel;
  const std::int64_t activation_uses = passes_on ? cut(Loop::kOut).steps : outputs;
  // A column adds up its rows before the sum meets the output scratchpad.
  const std::int64_t partial_sums = unshared ? window : cut(Loop::kIn).steps;
  const std::int64_t a = nest_.precision.activation_bits, w = nest_.precision.weight_bits;
  ArrayTraffic traffic{};
  traffic.activations = pixels * window * activation_uses * a;
  traffic.weights = pixels * window * outputs * w;
  std::int64_t sums = pixels * outputs * partial_sums;
  if (dataflow == Dataflow::kInputStationary) {
    traffic.activations =
        pixels * window *
        (nest_.reduction == Reduction::kChannel ? outputs : cut(Loop::kOut).trips) * a;
  } else if (dataflow == Dataflow::kWeightStationary) {
    traffic.weights = window * outputs * over_pixels(&Cut::trips) * w;
  } else {
    sums = pixels * outputs * cut(Loop::kIn).trips;
  }
  const std::int64_t first = hw_.oddities.psum_first_touch ? 0 : pixels * outputs;
  traffic.sums_written = sums * BitFusion::kAccumulatorBits;
  traffic.sums_read = (sums - first) * BitFusion::kAccumulatorBits;
  return traffic;
}

double Pricer::array_energy(const ArrayTraffic& t) const {
  const hardware::BitFusionEnergy& e = hw_.energy;
  const auto words = [](std::int64_t bits, std::int64_t word) {
    return static_cast<double>(bits) / static_cast<double>(word);
  };
  return words(t.activations, hw_.operand_word_bits()) * e.ibuf_read_word_pj.value +
         words(t.weights, hw_.operand_word_bits()) * e.wbuf_read_word_pj.value +
         words(t.sums_read, BitFusion::kAccumulatorBits) * e.obuf_read_word_pj.value +
         words(t.sums_written, BitFusion::kAccumulatorBits) * e.obuf_write_word_pj.value;
}

Dataflow Pricer::dataflow(const CutTiling& tiling) const {
  if (hw_.oddities.sram_unshared) return published_dataflow(tiling);
  Dataflow best = Dataflow::kInputStationary;
  for (const Dataflow other : {Dataflow::kOutputStationary, Dataflow::kWeightStationary})
    if (array_energy(array_traffic(tiling, other)) < array_energy(array_traffic(tiling, best)))
      best = other;
  return best;
}

Traffic Pricer::traffic(const CutTiling& tiling, const OrderCost& order) const {
  const ArrayTraffic array = array_traffic(tiling, dataflow(tiling));
  const auto moved = [&](Buffer buffer) {
    return order.fetches[index(buffer)].moved * traits_.element_bits[index(buffer)];
  };
  const std::int64_t weights = moved(Buffer::kWeights), activations = moved(Buffer::kActivations);
  return {.wbuf_read = Bits(array.weights),
          .wbuf_write = Bits(weights),
          .ibuf_read = Bits(array.activations),
          .ibuf_write = Bits(activations),
          .obuf_read = Bits(array.sums_read + moved(Buffer::kOutputs)),
          .obuf_write = Bits(array.sums_written + order.fill),
          .dram_read = Bits(weights + activations + order.fill),
          .dram_write = Bits(order.drain)};
}

Picojoules Pricer::least_energy(const CutTiling& tiling, const TilingCost& tile) const {
  OrderCost least;
  for (const Buffer buffer : kAllBuffers)
    least.fetches[index(buffer)].moved = moved_at_least(tiling, buffer);
  const std::int64_t outputs = least.fetches[index(Buffer::kOutputs)].moved;
  least.fill = traits_.fills_first ? outputs * BitFusion::kAccumulatorBits : 0;
  least.drain = outputs * traits_.final_bits;
  return energy(tile, tile.least_cycles, traffic(tiling, least)).total;
}

EnergyParts Pricer::energy(const TilingCost& tile, std::int64_t cycles, const Traffic& t) const {
  return energy(1, tile.compute, cycles, t);
}

EnergyParts Pricer::energy(std::int64_t repeats, std::int64_t compute, std::int64_t cycles,
                           const Traffic& t) const {
  const hardware::BitFusionEnergy& e = hw_.energy;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  const double operand_word = real(hw_.operand_word_bits());
  constexpr double kSumWord = BitFusion::kAccumulatorBits;
  const auto term = [&](Bits bits, const hardware::SourcedConstant& word_pj, double word_bits) {
    return real(bits.count()) * (word_pj.value / word_bits);
  };
  double core = real(compute) * (real(hw_.units()) * e.unit_cycle_pj.value);
  if (!hw_.oddities.core_energy_flat) {
    const double macs = real(nest_.batch * nest_.output.height * nest_.output.width) *
                        real(nest_.kernel_area() * nest_.out_channels) *
                        real(nest_.reduction == Reduction::kChannel ? 1 : nest_.in_channels);
    const double bricks = real(hw_.composed_bits(nest_.precision.activation_bits)) *
                          real(hw_.composed_bits(nest_.precision.weight_bits)) /
                          real(hw_.brick_bits * hw_.brick_bits);
    const double working = real(repeats) * macs * bricks / real(hw_.bricks_per_unit());
    core = working * e.unit_cycle_pj.value +
           (real(cycles) * real(hw_.units()) - working) * e.idle_unit_cycle_pj.value;
  }
  const double sram[] = {term(t.wbuf_read, e.wbuf_read_word_pj, operand_word),
                         term(t.wbuf_write, e.wbuf_write_word_pj, operand_word),
                         term(t.ibuf_read, e.ibuf_read_word_pj, operand_word),
                         term(t.ibuf_write, e.ibuf_write_word_pj, operand_word),
                         term(t.obuf_read, e.obuf_read_word_pj, kSumWord),
                         term(t.obuf_write, e.obuf_write_word_pj, kSumWord)};
  const double dram[] = {term(t.dram_read, e.dram_bit_pj, 1), term(t.dram_write, e.dram_bit_pj, 1)};
  EnergyParts parts{Picojoules(core), {}, {}, Picojoules(core)};
  for (const double each : sram) parts.sram += Picojoules(each), parts.total += Picojoules(each);
  for (const double each : dram) parts.dram += Picojoules(each), parts.total += Picojoules(each);
  return parts;
}

}  // namespace bitloom::analytic::bitfusion
