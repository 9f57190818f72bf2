#include "reports/haq/bitfusion_tables.h"

#include <fmt/format.h>

#include "base/csv.h"
#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/simulator.h"

namespace bitloom::haq {
namespace {

using hardware::Hardware;
using hardware::Settings;
using Layers = std::vector<graph::LayerShape>;

/// A machine and how the network runs on it.
struct Setting {
  std::string text;
  Hardware hardware;
  Layers layers;
  bool edges_at_8_bits = false;
};

Setting setting_of(const BitFusionSources& sources, std::string text, const std::string& machine,
                   const Settings& settings = {}) {
  return {std::move(text), hardware::load_hardware(machine, sources.hardware_folder, settings),
          graph::layers_of(graph::make_network("mobilenet_v1"))};
}

BitFusionCost cost_of(const Setting& setting, graph::Precision bits) {
  constexpr double kPicojoulesPerMillijoule = 1e9;
  graph::Policy policy = graph::uniform_policy(setting.layers.size(), bits);
  if (setting.edges_at_8_bits) graph::set_edge_layers(policy, setting.layers, {8, 8});
  Cycles cycles;
  Picojoules energy;
  for (const cost::LayerCost& cost :
       sim::price(setting.layers, policy, setting.hardware, setting.hardware.batch())) {
    cycles += cost.timing.total;
    energy += cost.energy.total();
  }
  const auto images = static_cast<double>(setting.hardware.batch());
  return {runtime(cycles, setting.hardware.clock()).count() / images,
          energy.count() / kPicojoulesPerMillijoule / images};
}

std::vector<BitFusionReading> priced(const BitFusionSources& sources,
                                     const std::vector<Setting>& settings) {
  std::vector<BitFusionReading> readings;
  for (const Setting& setting : settings) {
    readings.push_back({setting.text, {}});
    for (const BitFusionRow& row : published_rows(sources))
      readings.back().costs.push_back(cost_of(setting, row.bits));
  }
  return readings;
}

/// HAQ's figure of each row, beside it that of each machine and its error.
std::string machines_markdown(const BitFusionSources& sources, const char* unit,
                              double BitFusionCost::*figure) {
  const std::vector<BitFusionRow> rows = published_rows(sources);
  const std::vector<BitFusionReading> machines = bitfusion_machines(sources);
  std::string text = fmt::format("| W/A | HAQ, {} |", unit), rule = "|---|---|";
  for (const BitFusionReading& machine : machines) {
    text += fmt::format(" {}, {} | error |", machine.text, unit);
    rule += "---|---|";
  }
  text += "\n" + rule + "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double published = rows[i].published.*figure;
    text += fmt::format("| {} | {:.2f} |", graph::to_text(rows[i].bits), published);
    for (const BitFusionReading& machine : machines) {
      const double ours = machine.costs[i].*figure;
      text += fmt::format(" {:.3f} | {:+.2f} % |", ours, error_percent(ours, published));
    }
    text += "\n";
  }
  return text;
}

}  // namespace

double error_percent(double ours, double published) { return 100 * (ours / published - 1); }

std::vector<BitFusionRow> published_rows(const BitFusionSources& sources) {
  std::vector<BitFusionRow> rows;
  const CsvTable published = CsvTable::load(sources.tables_csv);
  for (const CsvTable::Row& row : published.rows())
    rows.push_back({{static_cast<int>(row.integer("weight_bits", 1, 16)),
                     static_cast<int>(row.integer("activation_bits", 1, 16))},
                    {row.real("latency_ms"), row.real("energy_mj")}});
  return rows;
}

std::vector<BitFusionReading> bitfusion_machines(const BitFusionSources& sources) {
  std::vector<Setting> machines;
  for (const char* name : {"bitfusion-haq", "bitfusion-haq-leakage"})
    machines.push_back(setting_of(sources, name, name));
  return priced(sources, machines);
}

std::vector<BitFusionReading> latency_readings(const BitFusionSources& sources) {
  const auto haq = [&](std::string text, const Settings& settings = {}) {
    return setting_of(sources, std::move(text), "bitfusion-haq", settings);
  };
  std::vector<Setting> readings{
      haq("none: bitfusion-haq, batch 1, all layers at these bits"),
      haq("batch 16, an image's share", {"batch=16"}),
      haq("first layer a kernel position at a time (no im2col)"),
      haq("first and last layer at 8/8"),
      haq("depthwise as the array can run it (`depthwise_proxy` off)",
          {"oddities.depthwise_proxy=false"}),
      setting_of(sources, "no oddities: bitfusion-edge-real", "bitfusion-edge-real")};
  readings[2].layers.front().reads_input = false;
  readings[3].edges_at_8_bits = true;
  return priced(sources, readings);
}

std::vector<BitFusionReading> leakage_steps(const BitFusionSources& sources) {
  const auto with_leakage = [&](std::string text, const Settings& settings) {
    return setting_of(sources, std::move(text), "bitfusion-haq-leakage", settings);
  };
  const Settings published_scratchpads{"scratchpads.activation_bytes=65536",
                                       "scratchpads.output_bytes=16384",
                                       "scratchpads.output_memory=cacti-45nm-3-ports"};
  const Settings apq_of_8_x_8{"array.rows=8",
                              "array.columns=8",
                              "port_bits=128",
                              "clock_mhz=680",
                              "scratchpads.weight_bytes=262144",
                              "scratchpads.activation_bytes=131072",
                              "scratchpads.output_bytes=65536",
                              "oddities.depthwise_dense_rows=4",
                              "energy.static_mw.value=0.983575"};
  return priced(
      sources,
      {setting_of(sources, "`bitfusion-haq`: the published model", "bitfusion-haq"),
       with_leakage("and CACTI's leakage of its banks, the array's power from APQ's table",
                    published_scratchpads),
       with_leakage("and 128 KiB for activations, 64 KiB for outputs, output banks of two ports: "
                    "`bitfusion-haq-leakage`",
                    {}),
       with_leakage("that with a third port of the output banks",
                    {"scratchpads.output_memory=cacti-45nm-3-ports"}),
       with_leakage("that with operands read as in APQ's table (`sram_unshared` off)",
                    {"oddities.sram_unshared=false"}),
       setting_of(sources, "APQ's rule instead, the same array, port and scratchpads, at 680 MHz",
                  "bitfusion-apq", apq_of_8_x_8)});
}

std::string latency_markdown(const BitFusionSources& sources) {
  return machines_markdown(sources, "ms", &BitFusionCost::ms);
}

std::string energy_markdown(const BitFusionSources& sources) {
  return machines_markdown(sources, "mJ", &BitFusionCost::mj);
}

std::string readings_markdown(const BitFusionSources& sources) {
  const std::vector<BitFusionRow> rows = published_rows(sources);
  std::string text = "| read differently |", rule = "|---|";
  for (const BitFusionRow& row : rows) {
    text += fmt::format(" {} |", graph::to_text(row.bits));
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const BitFusionReading& reading : latency_readings(sources)) {
    text += "| " + reading.text + " |";
    for (std::size_t i = 0; i < rows.size(); ++i)
      text += fmt::format(" {:.3f} ({:+.1f} %) |", reading.costs[i].ms,
                          error_percent(reading.costs[i].ms, rows[i].published.ms));
    text += "\n";
  }
  return text;
}

std::string steps_markdown(const BitFusionSources& sources) {
  const std::vector<BitFusionRow> rows = published_rows(sources);
  std::string text = "| machine | latency, % | energy, % |\n|---|---|---|\n";
  for (const BitFusionReading& step : leakage_steps(sources)) {
    text += "| " + step.text + " |";
    for (double BitFusionCost::*figure : {&BitFusionCost::ms, &BitFusionCost::mj}) {
      for (std::size_t i = 0; i < rows.size(); ++i)
        text += fmt::format(" {:+.1f}",
                            error_percent(step.costs[i].*figure, rows[i].published.*figure));
      text += " |";
    }
    text += "\n";
  }
  return text;
}

}  // namespace bitloom::haq
