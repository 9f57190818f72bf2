#include <fmt/format.h>

#include "base/csv.h"
#include "models/graph/zoo/zoo.h"
#include "reports/haq/haq_report.h"
#include "sim/catalogue.h"
#include "sim/families/bismo/description.h"
#include "sim/simulator.h"

namespace bitloom::haq {
namespace {

double milliseconds(const std::vector<graph::LayerShape>& layers, graph::Precision bits,
                    const hardware::Bismo& hw) {
  Cycles total;
  for (const graph::LayerShape& layer : layers)
    total += sim::price(layer, bits, hw, hw.batch, sim::analytic()).timing.total;
  return runtime(total, hw.clock()).count();
}

Table3Row compare(Table3Row row, const hardware::Bismo& hw) {
  const auto layers = graph::layers_of(graph::make_network(row.network));
  row.ours_ms = milliseconds({layers.begin() + 1, layers.end() - 1}, {row.bits, row.bits}, hw);
  row.with_first_layer_ms = row.ours_ms + milliseconds({layers.front()}, {8, 8}, hw);
  return row;
}

}  // namespace

std::vector<Table3Row> compare_table3(const Sources& sources) {
  const CsvTable published = CsvTable::load(sources.table3_csv);
  published.require_only_columns({"hardware", "network", "bits", "latency_ms"});
  std::vector<Table3Row> rows;
  for (const CsvTable::Row& each : published.rows()) {
    Table3Row row{};
    row.hardware = each.text("hardware");
    row.network = each.text("network");
    row.bits = static_cast<int>(each.integer("bits", graph::kMinBits, graph::kMaxBits));
    row.published_ms = each.real("latency_ms");
    rows.push_back(compare(
        row, hardware::load_hardware(row.hardware, sources.hardware_folder).as<hardware::Bismo>()));
  }
  return rows;
}

std::string table3_markdown(const std::vector<Table3Row>& rows) {
  std::string text =
      "| hardware | network | bits | HAQ, ms | bitloom, ms | error | with first layer at 8/8, ms | "
      "error |\n|---|---|---|---|---|---|---|---|\n";
  for (const Table3Row& row : rows)
    text += fmt::format("| {} | {} | {}/{} | {:.2f} | {:.3f} | {:+.3f} % | {:.3f} | {:+.3f} % |\n",
                        row.hardware, row.network, row.bits, row.bits, row.published_ms,
                        row.ours_ms, row.error_percent(), row.with_first_layer_ms,
                        row.error_with_first_layer_percent());
  return text;
}

}  // namespace bitloom::haq
