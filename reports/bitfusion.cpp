#include "reports/bitfusion.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

using analytic::bitfusion::Dataflow;
using analytic::bitfusion::Mapping;
using analytic::bitfusion::Traffic;
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

constexpr Buffer kAllBuffers[] = {Buffer::kWeights, Buffer::kActivations, Buffer::kOutputs};
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
  for (const Buffer buffer : kAllBuffers)
    shares.push_back(fmt::format("{} {:.0f} %", kBufferNames[index(buffer)],
                                 100 * static_cast<double>(m.held_bits[index(buffer)]) /
                                     static_cast<double>(capacity[index(buffer)])));
  return fmt::format("{}", fmt::join(shares, ", "));
}

std::string fetches_text(const Mapping& m) {
  std::vector<std::string> times;
  for (const Buffer buffer : kAllBuffers) {
    const std::int64_t n = m.fetches[index(buffer)].times;
    times.push_back(
        fmt::format("{} {}", kBufferNames[index(buffer)], n == 1 ? "once" : fmt::format("{}x", n)));
  }
  return fmt::format("{}", fmt::join(times, ", "));
}

std::string bound_text(const Mapping& m) {
  const bool by_array = m.compute_cycles >= m.port_cycles;
  return fmt::format(
      "bound by the {}: {} cycles of the array, {} of the port beside it, {} before and after, {} "
      "for blocks that come late",
      by_array ? "array" : "port", m.compute_cycles, m.port_cycles, m.latency_cycles,
      m.late_cycles);
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

}  // namespace

nlohmann::ordered_json traffic_json(const Traffic& traffic) {
  nlohmann::ordered_json json;
  for (const TrafficColumn& column : kTraffic)
    json[std::string(column.name)] = (traffic.*column.bits).count();
  return json;
}

nlohmann::ordered_json mapping_json(const Mapping& m) {
  nlohmann::ordered_json tile, trips, fetches;
  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    const std::string name(mapping::bitfusion::to_text(Loop(loop)));
    tile[name] = m.tile[loop];
    trips[name] = m.trips[loop];
  }
  for (const Buffer buffer : kAllBuffers)
    fetches[std::string(kBufferNames[index(buffer)])] = m.fetches[index(buffer)].times;
  return {{"tile", tile},
          {"trips", trips},
          {"order", order_names(m)},
          {"dataflow", to_text(m.dataflow)},
          {"fetches", fetches},
          {"port_cycles", m.port_cycles},
          {"latency_cycles", m.latency_cycles},
          {"late_cycles", m.late_cycles}};
}

nlohmann::ordered_json tile_counters_json(const cycle::bitfusion::Counters& c) {
  return {{"tiles", c.tiles},
          {"busy_cycles", c.array.busy.count()},
          {"first_wait_cycles", c.array.first_wait.count()},
          {"weight_wait_cycles", c.array.waits[index(Buffer::kWeights)].count()},
          {"activation_wait_cycles", c.array.waits[index(Buffer::kActivations)].count()},
          {"output_wait_cycles", c.array.waits[index(Buffer::kOutputs)].count()},
          {"tail_cycles", c.tail.count()},
          {"port_busy_cycles", c.port_busy.count()}};
}

std::string traffic_csv_columns() {
  std::string columns = "memory_wait_cycles";
  for (const TrafficColumn& column : kTraffic) columns += fmt::format(",{}_bits", column.name);
  return columns;
}

std::string traffic_csv(const Mapping& m) {
  std::string cells = fmt::format("{}", m.memory_wait_cycles());
  for (const TrafficColumn& column : kTraffic)
    cells += fmt::format(",{}", (m.traffic.*column.bits).count());
  return cells;
}

std::string mappings_text(const Simulation& s, const hardware::BitFusion& hw,
                          std::size_t max_width) {
  std::string text = "\nmappings: tiles, then loops over tiles, outermost first\n";
  for (const SimulatedLayer& layer : s.layers) {
    const Mapping& m = *layer.result.bitfusion;
    text += fmt::format("{} {}\n", layer.job.layer.name, graph::to_text(layer.job.precision));
    const auto line = [&](const char* label, const std::string& what) {
      const std::string indent(11, ' ');
      text += wrapped(what, std::min<std::size_t>(max_width, 100), indent)
                  .replace(0, indent.size(), fmt::format("  {:<9}", label));
    };
    line("tile", tile_text(m));
    line("loops", loops_text(m) + "; " + std::string(to_text(m.dataflow)) + " in a tile");
    line("fetched", fetches_text(m));
    line("fills", fill_text(m, hw) + " of half a scratchpad");
    line("why", bound_text(m) + "; " + search_text(m, hw));
    if (layer.result.tile_counters) line("run", run_text(*layer.result.tile_counters));
  }
  return text;
}

}  // namespace bitloom::reports
