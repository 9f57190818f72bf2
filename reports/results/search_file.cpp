#include "reports/results/search_file.h"

#include "reports/results/fields.h"

namespace bitloom::reports {

template <class Fields>
void fields(Fields& f, Is<LastBit> auto& last) {
  f.needs("from_bits", last.from_bits);
  f.needs("omega_saved", last.omega_saved);
  f.needs("cost", last.cost);
  f.or_null("omega_per_cost", last.omega_per_cost);
}

template <class Fields>
void fields(Fields& f, Is<SearchedLayer> auto& layer) {
  fields(f, layer.bits);
  f.has("omega", layer.omega);
  f.needs("cost", layer.costs);
  f.or_null("last_weight_bit", layer.last_weight_bit);
  f.or_null("last_activation_bit", layer.last_activation_bit);
}

template <class Fields>
void fields(Fields& f, Is<SearchFile> auto& search) {
  f.has("schema", schema(search.schema));
  f.has("network", search.network);
  f.has("hardware", search.hardware);
  f.has("engine", search.engine);
  f.has("batch", search.batch);
  f.has("method", search.method);
  f.has("sensitivity", search.sensitivity);
  f.has("quantizer", search.quantizer);
  f.may("energy_technology", search.energy_technology);
  f.has("minimized", search.minimized);
  f.has("limits", search.limits);
  f.needs("cost_at_8_bits", search.costs_at_8_bits);
  f.may("reference", search.reference);
  f.needs("omega", search.omega);
  f.needs("cost", search.costs);
  fields(f, search.energy);
  f.needs("bound", search.bound);
  f.needs("proved_optimal", search.proved_optimal);
  f.may("gap", search.gap);
  f.has("marginal_cost", search.marginal_cost);
  f.needs("layers", search.layers);
}

template <class Fields>
void fields(Fields& f, Is<FrontierPoint> auto& point) {
  f.has("limit", point.limit);
  f.needs("omega", point.omega);
  f.needs("cost", point.costs);
  fields(f, point.energy);
  f.has("bound", point.bound);
  f.has("proved_optimal", point.proved_optimal);
  f.may("gap", point.gap);
  f.has("policy", point.policy);
}

template <class Fields>
void fields(Fields& f, Is<FrontierFile> auto& frontier) {
  f.has("schema", schema(frontier.schema));
  f.has("network", frontier.network);
  f.needs("points", frontier.points);
}

template <class Fields>
void fields(Fields& f, Is<PolicyFile> auto& policy) {
  f.has("schema", schema(policy.schema));
  f.has("network", policy.network);
  f.needs("layers", policy.layers);
}

std::string json_text(const SearchFile& search) { return file_text(search, 2); }
std::string json_text(const FrontierFile& frontier) { return file_text(frontier, 2); }
std::string json_text(const PolicyFile& policy) { return file_text(policy, 1); }

SearchFile read_search(const JsonValue& json) { return read_result<SearchFile>(json); }
FrontierFile read_frontier(const JsonValue& json) { return read_result<FrontierFile>(json); }
PolicyFile read_policy(const JsonValue& json) { return read_result<PolicyFile>(json); }

}  // namespace bitloom::reports
