#include "reports/haq/bitfusion_tables.h"

#include <cmath>

#include <fmt/format.h>

#include "base/csv.h"
#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/families/bitfusion/mapping.h"
#include "sim/simulator.h"

namespace bitloom::haq {
namespace {

using hardware::BitFusion;
using Layers = std::vector<graph::LayerShape>;

struct Cost {
  double ms = 0;
  double mj = 0;
};

/// Of an image.
Cost cost_of(const Layers& layers, const graph::Policy& policy, const BitFusion& hw) {
  constexpr double kPicojoulesPerMillijoule = 1e9;
  Cycles cycles;
  Picojoules energy;
  for (const cost::LayerCost& cost : sim::price(layers, policy, hw, hw.batch)) {
    cycles += cost.timing.total;
    energy += cost.energy.total();
  }
  const auto images = static_cast<double>(hw.batch);
  return {runtime(cycles, hw.clock()).count() / images,
          energy.count() / kPicojoulesPerMillijoule / images};
}

Layers mobilenet() { return graph::layers_of(graph::make_network("mobilenet_v1")); }

BitFusion machine(const BitFusionSources& sources, const std::string& name) {
  return hardware::load_hardware(name, sources.hardware_folder).as<hardware::BitFusion>();
}

/// A way to read what the papers leave open.
struct Reading {
  std::string change;
  BitFusion hardware;
  Layers layers;
  bool edges_at_8_bits = false;
};

std::vector<Reading> readings_of(const BitFusionSources& sources) {
  const BitFusion haq = machine(sources, "bitfusion-haq");
  const Reading plain{"none: bitfusion-haq, batch 1, all layers at these bits", haq, mobilenet()};
  std::vector<Reading> readings(6, plain);
  readings[1].change = "batch 16, an image's share";
  readings[1].hardware.batch = 16;
  readings[2].change = "first layer a kernel position at a time (no im2col)";
  readings[2].layers.front().reads_input = false;
  readings[3].change = "first and last layer at 8/8";
  readings[3].edges_at_8_bits = true;
  readings[4].change = "depthwise as the array can run it (`depthwise_proxy` off)";
  readings[4].hardware.oddities.depthwise_proxy = false;
  readings[5].change = "no oddities: bitfusion-edge-real";
  readings[5].hardware = machine(sources, "bitfusion-edge-real");
  return readings;
}

}  // namespace

std::vector<BitFusionRow> compare_bitfusion(const BitFusionSources& sources) {
  const BitFusion haq = machine(sources, "bitfusion-haq");
  const BitFusion real = machine(sources, "bitfusion-edge-real");
  BitFusion with_bank = haq;
  with_bank.energy.obuf_read_word_pj = real.energy.obuf_read_word_pj;
  with_bank.energy.obuf_write_word_pj = real.energy.obuf_write_word_pj;
  const Layers layers = mobilenet();
  const CsvTable published = CsvTable::load(sources.tables_csv);
  std::vector<BitFusionRow> rows;
  for (const CsvTable::Row& row : published.rows()) {
    const graph::Precision bits{static_cast<int>(row.integer("weight_bits", 1, 16)),
                                static_cast<int>(row.integer("activation_bits", 1, 16))};
    const graph::Policy policy = graph::uniform_policy(layers.size(), bits);
    const Cost ours = cost_of(layers, policy, haq);
    rows.push_back({bits, row.real("latency_ms"), row.real("energy_mj"), ours.ms, ours.mj,
                    cost_of(layers, policy, with_bank).mj});
  }
  return rows;
}

std::vector<BitFusionReading> bitfusion_readings(const BitFusionSources& sources) {
  std::vector<BitFusionReading> results;
  const std::vector<BitFusionRow> rows = compare_bitfusion(sources);
  for (const Reading& reading : readings_of(sources)) {
    BitFusionReading result{reading.change, {}};
    for (const BitFusionRow& row : rows) {
      graph::Policy policy = graph::uniform_policy(reading.layers.size(), row.bits);
      if (reading.edges_at_8_bits) graph::set_edge_layers(policy, reading.layers, {8, 8});
      result.ms.push_back(cost_of(reading.layers, policy, reading.hardware).ms);
    }
    results.push_back(std::move(result));
  }
  return results;
}

std::string latency_markdown(const std::vector<BitFusionRow>& rows) {
  std::string text = "| W/A | HAQ, ms | bitloom, ms | error |\n|---|---|---|---|\n";
  for (const BitFusionRow& row : rows)
    text += fmt::format("| {} | {:.2f} | {:.3f} | {:+.2f} % |\n", graph::to_text(row.bits),
                        row.published_ms, row.ours_ms, row.latency_error_percent());
  return text;
}

std::string energy_markdown(const std::vector<BitFusionRow>& rows) {
  std::string text =
      "| W/A | HAQ, mJ | bitloom, mJ | error | with the unknown bank, mJ | error "
      "| missing with the bank, W |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const BitFusionRow& row : rows)
    text += fmt::format("| {} | {:.2f} | {:.3f} | {:+.1f} % | {:.3f} | {:+.1f} % | {:.2f} |\n",
                        graph::to_text(row.bits), row.published_mj, row.ours_mj,
                        row.energy_error_percent(), row.ours_mj_with_bank,
                        row.energy_error_with_bank_percent(), row.missing_watts());
  return text;
}

std::string readings_markdown(const std::vector<BitFusionReading>& readings,
                              const std::vector<BitFusionRow>& rows) {
  std::string text = "| read differently |", rule = "|---|";
  for (const BitFusionRow& row : rows) {
    text += fmt::format(" {} |", graph::to_text(row.bits));
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const BitFusionReading& reading : readings) {
    text += "| " + reading.change + " |";
    for (std::size_t i = 0; i < rows.size(); ++i)
      text += fmt::format(" {:.3f} ({:+.1f} %) |", reading.ms[i],
                          100 * (reading.ms[i] / rows[i].published_ms - 1));
    text += "\n";
  }
  return text;
}

}  // namespace bitloom::haq
