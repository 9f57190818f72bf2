#include "pipelines/learn/search_result.h"

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/learn/evaluation_report.h"
#include "reports/results/measured_search_file.h"
#include "reports/text/text_table.h"
#include "search/problem/budget.h"
#include "sim/engines.h"
#include "sim/simulator.h"

namespace bitloom::pipelines {
namespace {

std::vector<double> costs_by(const EngineChoice& engine, const PricedNetwork& priced,
                             const graph::Policy& policy) {
  std::vector<cost::LayerCost> costs;
  for (const sim::LayerResult& layer :
       sim::run(priced.network.layers, policy, priced.hardware, priced.hardware.batch(),
                engine.options, {.jobs = engine.jobs}))
    costs.push_back(layer.cost);
  return search::network_costs(priced.network.layers, policy, costs, priced.hardware.clock());
}

reports::Costs told(const std::vector<double>& costs) {
  reports::Costs named;
  const auto columns = search::cost_columns();
  for (std::size_t k = 0; k < columns.size(); ++k) named[columns[k]] = costs[k];
  return named;
}

reports::Candidate told(const Candidate& candidate, const std::vector<graph::LayerShape>& layers) {
  reports::Candidate file{.name = candidate.name,
                          .label = candidate.label,
                          .layers = {},
                          .costs = {},
                          .post_training = reported(candidate.post_training),
                          .finetuned = {}};
  if (candidate.policy) {
    for (std::size_t i = 0; i < layers.size(); ++i)
      file.layers.push_back({layers[i].name, (*candidate.policy)[i].weight_bits,
                             (*candidate.policy)[i].activation_bits});
    for (const auto& [engine, costs] : candidate.costs) file.costs[engine] = told(costs);
  }
  if (candidate.finetuned) file.finetuned = reported(*candidate.finetuned);
  return file;
}

std::string top1(const nn::Accuracy& accuracy) {
  return fmt::format("{:.2f} +- {:.2f}", accuracy.top1_pct.value, accuracy.top1_pct.standard_error);
}

}  // namespace

std::map<std::string, std::vector<double>> costs_by_engine(const EngineChoice& asked,
                                                           const PricedNetwork& priced,
                                                           const graph::Policy& policy) {
  std::map<std::string, std::vector<double>> costs;
  for (const std::string& name : sim::engine_names()) try {
      EngineChoice engine = asked;
      if (name != asked.name()) engine.options = {.engine = sim::parse_engine(name)};
      costs[name] = costs_by(engine, priced, policy);
    } catch (const UserError& refusal) {
      if (!refusal.is_unsupported()) throw;  // else it does not model this machine
    }
  return costs;
}

std::string search_result_json(const SearchResult& result) {
  reports::MeasuredSearchFile file{.network = result.priced->network.graph.name(),
                                   .hardware = result.priced->hardware.name(),
                                   .engine = result.engine,
                                   .method = result.method,
                                   .seed = result.seed,
                                   .goal = result.goal,
                                   .budgets = result.budgets,
                                   .limits = {},
                                   .costs_at_8_bits = told(result.priced->costs_at_8_bits),
                                   .quantizer = result.quantizer,
                                   .reward_data = result.reward_text,
                                   .final_data = result.final_text,
                                   .episodes = result.episodes,
                                   .candidates = {}};
  for (const search::Limit& limit : result.limits)
    file.limits[search::cost_columns()[limit.cost]] = limit.value;
  for (const Candidate& candidate : result.candidates)
    file.candidates.push_back(told(candidate, result.priced->network.layers));
  return reports::json_text(file);
}

std::string search_result_text(const SearchResult& result, std::size_t max_width) {
  const auto& at_8_bits = result.priced->costs_at_8_bits;
  std::vector<std::size_t> shown{0};
  for (const search::Limit& limit : result.limits)
    if (limit.cost != 0) shown.push_back(limit.cost);
  const bool with_values = shown.size() == 1;
  std::vector<reports::Column> columns{
      {"policy", reports::Align::kLeft}, {"top-1 %"}, {"fine-tuned %"}};
  for (const std::size_t k : shown) {
    if (with_values) columns.push_back({search::cost_columns()[k]});
    columns.push_back({with_values ? "of 8/8" : std::string(search::cost_kinds()[k].name)});
  }
  reports::TextTable table(columns);
  for (const Candidate& candidate : result.candidates) {
    std::vector<std::string> row{candidate.label, top1(candidate.post_training),
                                 candidate.finetuned ? top1(*candidate.finetuned) : "-"};
    for (const std::size_t k : shown) {
      const auto found = candidate.costs.find(result.engine);
      const bool priced = found != candidate.costs.end();
      if (with_values) row.push_back(priced ? fmt::format("{:.4g}", found->second[k]) : "-");
      row.push_back(priced ? fmt::format("{:.3f}x", found->second[k] / at_8_bits[k]) : "-");
    }
    table.add_row(row);
  }
  return fmt::format("{} on {}, {} engine, {}, quantizer {}\n{}\n\n{}\naccuracy of {}{}\n",
                     result.priced->network.graph.name(), result.priced->hardware.name(),
                     result.engine, result.method, result.quantizer, result.goal,
                     table.text(max_width), result.final_text,
                     with_values ? "" : "; costs as parts of 8/8's");
}

}  // namespace bitloom::pipelines
