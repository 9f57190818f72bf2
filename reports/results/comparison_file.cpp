#include "reports/results/comparison_file.h"

#include "reports/results/fields.h"

namespace bitloom::reports {
namespace {

void require_length(const JsonValue& list, std::size_t length, const char* of) {
  if (const std::size_t has = list.items().size(); has != length)
    throw list.error(fmt::format("must have {} entries, {}, got {}", length, of, has));
}

void require_cost_on_each_machine(const JsonValue& policies, const ComparisonFile& comparison) {
  for (const JsonValue& policy : policies.items())
    require_length(policy.at("costs"), comparison.hardware.size(), "one for each of hardware");
}

void require_saving_of_each_step(const JsonValue& sweeps, const ComparisonFile& comparison) {
  std::size_t index = 0;
  for (const JsonValue& sweep : sweeps.items()) {
    const std::size_t bits = comparison.sweeps[index++].bits.size();
    if (const auto saves = sweep.find("step_saves_percent"))
      require_length(*saves, bits > 0 ? bits - 1 : 0, "one less than bits");
  }
}

}  // namespace

template <class Fields>
void fields(Fields& f, Is<ComparedHardware> auto& hardware) {
  f.needs("name", hardware.name);
  f.needs("batch", at_least(1, hardware.batch));
  f.needs("clock_mhz", at_least(1e-3, hardware.clock_mhz));
  f.may("set", hardware.set);
  f.may("resources", hardware.resources);
  f.may("energy_technology", hardware.energy_technology);
}

template <class Fields>
void fields(Fields& f, Is<RefusedHardware> auto& refused) {
  f.needs("name", refused.name);
  f.has("policy", refused.policy);
  f.needs("reason", refused.reason);
}

template <class Fields>
void fields(Fields& f, Is<PlacedCost> auto& cost) {
  f.needs("cycles", cost.cycles);
  f.needs("latency_ms", at_least(0, cost.latency_ms));
  f.needs("energy_mj", at_least(0, cost.energy_mj));
  f.needs("dram_bytes", cost.dram_bytes);
  f.needs("latency_place", cost.latency_place);
  f.needs("energy_place", cost.energy_place);
  fields(f, cost.energy);
}

template <class Fields>
void fields(Fields& f, Is<PlacedPolicy> auto& policy) {
  f.needs("name", policy.name);
  f.needs("group", policy.group);
  f.needs("bits", policy.bits);
  f.may("filter_bits", policy.filter_bits);
  f.needs("costs", policy.costs);
}

template <class Fields>
void fields(Fields& f, Is<SwappedPolicies> auto& swap) {
  f.needs("better_on_first", swap.better_on_first);
  f.needs("better_on_second", swap.better_on_second);
  f.needs("percent_on_first", swap.percent_on_first);
  f.needs("percent_on_second", swap.percent_on_second);
}

template <class Fields>
void fields(Fields& f, Is<HardwareAgreement> auto& agreement) {
  f.needs("of", agreement.of);
  f.needs("hardware", agreement.hardware);
  f.needs("group", agreement.group);
  f.needs("policies", agreement.policies);
  f.or_null("spearman", agreement.spearman);
  f.or_null("kendall", agreement.kendall);
  f.needs("pairs", agreement.pairs);
  f.has("swapped", agreement.swapped);
  f.needs("swaps", agreement.swaps);
  f.may("swaps_left_out", agreement.swaps_left_out);
}

template <class Fields>
void fields(Fields& f, Is<BitSweep> auto& sweep) {
  f.needs("of", sweep.of);
  f.needs("hardware", sweep.hardware);
  f.needs("swept", sweep.swept);
  f.needs("bits", sweep.bits);
  f.or_null("refused", sweep.refused);
  f.may("step_saves_percent", sweep.step_saves_percent);
  f.may("stops_at", sweep.stops_at);
  f.may("layers_stop_at", sweep.layers_stop_at);
}

template <class Fields>
void fields(Fields& f, Is<ComparisonFile> auto& comparison) {
  f.has("schema", schema(comparison.schema));
  f.needs("network", comparison.network);
  f.or_null("input", comparison.input);
  f.needs("engine", comparison.engine);
  f.may("energy_table", comparison.energy_table);
  f.needs("hardware", comparison.hardware);
  f.needs("seed", comparison.seed);
  f.needs("policies", comparison.policies);
  f.needs("agreements", comparison.agreements);
  f.needs("gain_percent", comparison.gain_percent);
  f.needs("sweeps", comparison.sweeps);
  f.may("refused", comparison.refused);
}

std::string json_text(const ComparisonFile& comparison) { return file_text(comparison, 2); }

ComparisonFile read_comparison(const JsonValue& json) {
  ComparisonFile comparison = read_result<ComparisonFile>(json);
  require_cost_on_each_machine(json.at("policies"), comparison);
  require_saving_of_each_step(json.at("sweeps"), comparison);
  return comparison;
}

}  // namespace bitloom::reports
