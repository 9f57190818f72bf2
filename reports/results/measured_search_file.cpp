#include "reports/results/measured_search_file.h"

#include "reports/results/fields.h"

namespace bitloom::reports {

template <class Fields>
void fields(Fields& f, Is<Candidate> auto& candidate) {
  f.needs("name", candidate.name);
  f.has("label", candidate.label);
  f.may("layers", candidate.layers);
  f.may("costs", candidate.costs);
  f.may("post_training", candidate.post_training);
  f.may("finetuned", candidate.finetuned);
  fields(f, candidate.energy);
}

template <class Fields>
void fields(Fields& f, Is<Difference> auto& difference) {
  f.needs("of", difference.of);
  f.needs("from", difference.from);
  f.needs("stage", difference.stage);
  f.needs("top1_points", difference.top1_points);
  error_or_range(f, "stderr_points", difference.stderr_points, "range_points",
                 difference.range_points);
}

template <class Fields>
void fields(Fields& f, Is<Start> auto& start) {
  f.needs("method", start.method);
  f.needs("is_found", start.is_found);
}

template <class Fields>
void fields(Fields& f, Is<MeasuredSearchFile> auto& search) {
  f.has("schema", schema(search.schema));
  f.has("network", search.network);
  f.has("hardware", search.hardware);
  f.has("engine", search.engine);
  f.has("method", search.method);
  f.has("seed", search.seed);
  f.has("goal", search.goal);
  f.may("energy_technology", search.energy_technology);
  f.has("budgets", search.budgets);
  f.has("limits", search.limits);
  f.has("costs_at_8_bits", search.costs_at_8_bits);
  f.may("reference", search.reference);
  f.has("quantizer", search.quantizer);
  f.has("reward_data", search.reward_data);
  f.has("final_data", search.final_data);
  f.has("episodes", search.episodes);
  f.may("start", search.start);
  f.needs("candidates", search.candidates);
  f.may("differences", search.differences);
}

Costs Candidate::cost() const {
  const auto own = costs.find(engine);
  if (own != costs.end()) return own->second;
  return costs.empty() ? Costs{} : costs.begin()->second;
}

nlohmann::ordered_json to_json(const Accuracy& accuracy) { return written(accuracy); }

std::string json_text(const MeasuredSearchFile& search) { return file_text(search, 1); }

MeasuredSearchFile read_measured_search(const JsonValue& json) {
  MeasuredSearchFile search = read_result<MeasuredSearchFile>(json);
  for (Candidate& candidate : search.candidates) {
    if (candidate.label.empty()) candidate.label = candidate.name;
    candidate.engine = search.engine;
  }
  return search;
}

}  // namespace bitloom::reports
