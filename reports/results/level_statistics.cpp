#include "reports/results/level_statistics.h"

#include "reports/results/fields.h"

namespace bitloom::reports {

template <class Fields>
void fields(Fields& f, Is<Histogram> auto& histogram) {
  f.needs("from", histogram.from);
  f.needs("to", histogram.to);
  f.needs("share_pct", histogram.share_pct);
}

template <class Fields>
void fields(Fields& f, Is<LevelShare> auto& level) {
  f.needs("level", level.level);
  f.needs("share_pct", level.share_pct);
}

template <class Fields>
void fields(Fields& f, Is<OperandStatistics> auto& operand) {
  f.needs("values", operand.values);
  f.needs("zero_pct", operand.zero_pct);
  f.needs("beyond_pct", operand.beyond_pct);
  f.may("sqnr_db", operand.sqnr_db);
  f.needs("unit", operand.unit);
  f.needs("histogram", operand.histogram);
  f.needs("levels", operand.levels);
}

template <class Fields>
void fields(Fields& f, Is<LayerStatistics> auto& layer) {
  fields(f, layer.bits);
  f.may("weights", layer.weights);
  f.may("activations", layer.activations);
}

template <class Fields>
void fields(Fields& f, Is<StatisticsFile> auto& statistics) {
  f.has("schema", schema(statistics.schema));
  f.has("network", statistics.network);
  f.has("quantizer", statistics.quantizer);
  f.has("data", statistics.data);
  f.has("images", statistics.images);
  f.needs("layer_statistics", statistics.layers);
}

double zero_pct(const StatisticsFile& statistics, OperandOf operand) {
  double zeros = 0, values = 0;
  for (const LayerStatistics& layer : statistics.layers)
    if (const auto& of = layer.*operand) {
      zeros += of->zero_pct * static_cast<double>(of->values);
      values += static_cast<double>(of->values);
    }
  return values > 0 ? zeros / values : 0;
}

const LayerStatistics* noisiest(const StatisticsFile& statistics, OperandOf operand) {
  const LayerStatistics* worst = nullptr;
  for (const LayerStatistics& layer : statistics.layers) {
    const auto& of = layer.*operand;
    if (of && of->sqnr_db && (!worst || *of->sqnr_db < *(worst->*operand)->sqnr_db)) worst = &layer;
  }
  return worst;
}

std::string json_text(const StatisticsFile& statistics) { return file_text(statistics, 2); }

StatisticsFile read_statistics(const JsonValue& json) {
  StatisticsFile statistics = read_result<StatisticsFile>(json);
  if (statistics.layers.empty())
    throw json.at("layer_statistics").error("must have an entry for each layer, got none");
  return statistics;
}

}  // namespace bitloom::reports
