#include "sim/families/bitfusion/columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/families/bitfusion/area.h"
#include "sim/families/bitfusion/changes.h"
#include "sim/families/bitfusion/cost.h"
#include "sim/families/bitfusion/scratchpads.h"
#include "sim/kit/synthesis.h"

namespace bitloom::analytic::bitfusion {
namespace {

using mapping::bitfusion::Buffer;
using mapping::bitfusion::index;
using mapping::bitfusion::kLoops;
using mapping::bitfusion::Loop;

struct TrafficColumn {
  std::string_view name;
  Bits Traffic::*bits;
};
constexpr TrafficColumn kTraffic[] = {
    {"wbuf_read", &Traffic::wbuf_read}, {"wbuf_write", &Traffic::wbuf_write},
    {"ibuf_read", &Traffic::ibuf_read}, {"ibuf_write", &Traffic::ibuf_write},
    {"obuf_read", &Traffic::obuf_read}, {"obuf_write", &Traffic::obuf_write},
    {"dram_read", &Traffic::dram_read}, {"dram_write", &Traffic::dram_write},
};

constexpr Buffer kReportedBuffers[] = {Buffer::kWeights, Buffer::kActivations, Buffer::kOutputs};
constexpr std::string_view kBufferNames[] = {"weights", "activations", "outputs"};

std::string_view to_text(Dataflow dataflow) {
  switch (dataflow) {
    case Dataflow::kInputStationary:
      return "input stationary";
    case Dataflow::kOutputStationary:
      return "output stationary";
    case Dataflow::kWeightStationary:
      return "weight stationary";
  }
  return "";
}

std::vector<std::string> order_names(const Mapping& m) {
  std::vector<std::string> names;
  for (const Loop loop : m.order) names.emplace_back(mapping::bitfusion::to_text(loop));
  return names;
}

/// The loops that run more than once, outermost first: `out 4 > in 2`.
std::string loops_text(const Mapping& m) {
  std::vector<std::string> loops;
  for (const Loop loop : m.order)
    if (m.trips[index(loop)] > 1)
      loops.push_back(
          fmt::format("{} {}", mapping::bitfusion::to_text(loop), m.trips[index(loop)]));
  return loops.empty() ? "one tile" : fmt::format("{}", fmt::join(loops, " > "));
}

std::string tile_text(const Mapping& m) {
  std::vector<std::string> sizes;
  for (std::size_t loop = 0; loop < kLoops; ++loop)
    sizes.push_back(fmt::format("{} {}", mapping::bitfusion::to_text(Loop(loop)), m.tile[loop]));
  return fmt::format("{}", fmt::join(sizes, ", "));
}

std::string fill_text(const Mapping& m, const hardware::BitFusion& hw) {
  std::vector<std::string> shares;
  const auto capacity = mapping::bitfusion::capacity_bits(hw);
  for (const Buffer buffer : kReportedBuffers)
    shares.push_back(fmt::format("{} {:.0f} %", kBufferNames[index(buffer)],
                                 100 * static_cast<double>(m.held_bits[index(buffer)]) /
                                     static_cast<double>(capacity[index(buffer)])));
  return fmt::format("{}", fmt::join(shares, ", "));
}

std::string fetches_text(const Mapping& m) {
  std::vector<std::string> times;
  for (const Buffer buffer : kReportedBuffers) {
    const std::int64_t n = m.fetches[index(buffer)].times;
    times.push_back(
        fmt::format("{} {}", kBufferNames[index(buffer)], n == 1 ? "once" : fmt::format("{}x", n)));
  }
  return fmt::format("{}", fmt::join(times, ", "));
}

std::string bound_text(const sim::LayerResult& result, const Mapping& m) {
  return fmt::format(
      "bound by {}: {} cycles of the array, {} of the port beside it, {} before and after, {} for "
      "blocks that come late",
      bound_by(result), m.compute_cycles, m.port_cycles, m.latency_cycles, m.late_cycles);
}

std::string run_text(const cycle::bitfusion::Counters& c) {
  const auto& waits = c.array.waits;
  return fmt::format(
      "{} tiles: array busy for {} cycles, waits {} before the first, then {} for weights, {} for "
      "activations, {} for room or sums of outputs; {} from its last step to the last output; port "
      "busy for {}",
      c.tiles, c.array.busy.count(), c.array.first_wait.count(),
      waits[index(Buffer::kWeights)].count(), waits[index(Buffer::kActivations)].count(),
      waits[index(Buffer::kOutputs)].count(), c.tail.count(), c.port_busy.count());
}

std::string search_text(const Mapping& m, const hardware::BitFusion& hw) {
  return fmt::format(
      "{}, then fewest tiles, of {} tilings that fit ({} do not); {} could not win in any order",
      hw.mapping_slack_pct > 0
          ? fmt::format("least energy within {} % of the least cycles", hw.mapping_slack_pct)
          : "least cycles, then least energy",
      m.fitting, m.tilings - m.fitting, m.fitting - m.priced);
}

std::vector<sim::Fact> traffic_facts(const Traffic& traffic) {
  std::vector<sim::Fact> facts;
  for (const TrafficColumn& column : kTraffic)
    facts.push_back({std::string(column.name), (traffic.*column.bits).count()});
  return facts;
}

std::vector<sim::Fact> mapping_facts(const Mapping& m) {
  std::vector<sim::Fact> tile, trips, fetches;
  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    const std::string name(mapping::bitfusion::to_text(Loop(loop)));
    tile.push_back({name, m.tile[loop]});
    trips.push_back({name, m.trips[loop]});
  }
  for (const Buffer buffer : kReportedBuffers)
    fetches.push_back({std::string(kBufferNames[index(buffer)]), m.fetches[index(buffer)].times});
  return {{"tile", tile},
          {"trips", trips},
          {"order", order_names(m)},
          {"dataflow", std::string(to_text(m.dataflow))},
          {"fetches", fetches},
          {"port_cycles", m.port_cycles},
          {"latency_cycles", m.latency_cycles},
          {"late_cycles", m.late_cycles}};
}

std::vector<sim::Fact> array_facts(const cycle::bitfusion::Counters& c) {
  return {{"tiles", c.tiles},
          {"busy_cycles", c.array.busy.count()},
          {"first_wait_cycles", c.array.first_wait.count()},
          {"weight_wait_cycles", c.array.waits[index(Buffer::kWeights)].count()},
          {"activation_wait_cycles", c.array.waits[index(Buffer::kActivations)].count()},
          {"output_wait_cycles", c.array.waits[index(Buffer::kOutputs)].count()},
          {"tail_cycles", c.tail.count()},
          {"port_busy_cycles", c.port_busy.count()}};
}

std::string fusion_area_text(const hardware::BitFusion& hw) {
  return fmt::format(
      "{} LUT, {} FF (rtl/fusion_unit.sv synthesized: {} and {} each, by {} for 7-series; a brick "
      "{} LUT)",
      hw.units() * hardware::kFusionUnitLuts, hw.units() * hardware::kFusionUnitFlipFlops,
      hardware::kFusionUnitLuts, hardware::kFusionUnitFlipFlops, hardware::kSynthesisTool,
      hardware::kBrickLuts);
}

}  // namespace

std::string array_text(const hardware::BitFusion& hw) {
  return fmt::format("{}x{} units", hw.rows, hw.columns);
}

std::vector<sim::Line> facts_of(const hardware::BitFusion& hw) {
  std::string macs;
  for (std::int64_t bits = hw.brick_bits; bits <= hw.operand_bits; bits *= 2) {
    const auto packing = mapping::bitfusion::packing(static_cast<int>(bits), hw);
    macs += fmt::format("{}{:g} at {}/{}", macs.empty() ? "" : ", ",
                        static_cast<double>(hw.units() * packing.packed * packing.packed) /
                            static_cast<double>(packing.cycles * packing.cycles),
                        bits, bits);
  }
  std::vector<sim::Line> facts{
      {"MACs a cycle", macs},
      {"bricks", fmt::format("{} of {} bits in {} fusion units", hw.units() * hw.bricks_per_unit(),
                             hw.brick_bits, hw.units())}};
  if (has_rtl(hw)) facts.push_back({"fusion units", fusion_area_text(hw)});
  facts.push_back(
      {"scratchpads", fmt::format("{} KiB in banks of {} B (weights), {} B (activations), {} B "
                                  "(outputs), half of each in use",
                                  (hw.weight_bytes + hw.activation_bytes + hw.output_bytes) / 1024,
                                  hw.weight_bytes / hw.units(), hw.activation_bytes / hw.rows,
                                  hw.output_bytes / hw.columns)});
  return facts;
}

sim::LayerReport report(const sim::LayerResult& result, const hardware::BitFusion& hw) {
  const auto details = result.details.as<LayerDetails>();
  const Mapping& m = details.mapping;
  sim::LayerReport report;
  report.facts = {{"memory_wait_cycles", m.memory_wait_cycles()},
                  {"traffic_bits", traffic_facts(m.traffic)},
                  {"mapping", mapping_facts(m)}};
  if (details.counters) report.facts.push_back({"array", array_facts(*details.counters)});
  report.columns.push_back({"memory_wait_cycles", m.memory_wait_cycles()});
  for (const TrafficColumn& column : kTraffic)
    report.columns.push_back(
        {std::string(column.name) + "_bits", (m.traffic.*column.bits).count()});
  report.explanation = {
      {"tile", tile_text(m)},
      {"loops", loops_text(m) + "; " + std::string(to_text(m.dataflow)) + " in a tile"},
      {"fetched", fetches_text(m)},
      {"fills", fill_text(m, hw) + " of half a scratchpad"},
      {"why", bound_text(result, m) + "; " + search_text(m, hw)}};
  if (details.counters) report.explanation.push_back({"run", run_text(*details.counters)});
  return report;
}

}  // namespace bitloom::analytic::bitfusion
