#include "pipelines/learn/search_result.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/cost_names.h"
#include "base/error.h"
#include "base/shares.h"
#include "pipelines/learn/evaluation_report.h"
#include "pipelines/learn/lost_points.h"
#include "reports/millijoules.h"
#include "reports/results/findings.h"
#include "reports/results/measured_search_file.h"
#include "reports/technology.h"
#include "reports/text/text_table.h"
#include "search/problem/budget.h"
#include "sim/engines.h"
#include "sim/simulator.h"

namespace bitloom::pipelines {
namespace {

reports::Costs told(const std::vector<double>& costs) {
  reports::Costs named;
  const auto columns = search::cost_columns();
  for (std::size_t k = 0; k < columns.size(); ++k) named[columns[k]] = costs[k];
  return named;
}

const Candidate& candidate_named(const std::vector<Candidate>& candidates,
                                 const std::string& name) {
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const Candidate& each) { return each.name == name; });
  ensure(found != candidates.end(), "a search's result tells of that candidate");
  return *found;
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
      file.layers.push_back({layers[i].name, candidate.policy->layers[i].weight_bits,
                             candidate.policy->layers[i].activation_bits, candidate.policy->of(i)});
    for (const auto& [engine, costs] : candidate.costs) file.costs[engine] = told(costs);
  }
  if (candidate.finetuned) file.finetuned = reported(*candidate.finetuned);
  if (const auto& energy = candidate.energy) {
    file.energy.least_mj = reports::millijoules(energy->least);
    file.energy.most_mj = reports::millijoules(energy->most);
  }
  return file;
}

/// Of the policy found from each other candidate, at every stage that both were measured at.
std::vector<reports::Difference> differences_of(const std::vector<Candidate>& candidates) {
  std::vector<reports::Difference> differences;
  const Candidate& found = candidate_named(candidates, "found");
  for (const Candidate& other : candidates) {
    if (&other == &found) continue;
    const auto add = [&](const char* stage, const nn::Accuracy& a, const nn::Accuracy& b) {
      const nn::PairedDifference difference = nn::paired_difference_pct(a, b);
      reports::Difference& told = differences.emplace_back(
          reports::Difference{found.name, other.name, stage, difference.value});
      if (difference.standard_error > 0)
        told.stderr_points = difference.standard_error;
      else if (const auto range = range_of_differences(difference.value, difference.images))
        told.range_points = {range->least_pct, range->most_pct};
    };
    add("post_training", found.post_training, other.post_training);
    if (found.finetuned && other.finetuned) add("finetuned", *found.finetuned, *other.finetuned);
  }
  return differences;
}

std::string top1(const nn::Accuracy& accuracy) {
  return share_text(accuracy.top1_pct.value, accuracy.top1_pct.standard_error, accuracy.images);
}

reports::MeasuredSearchFile file_of(const SearchResult& result) {
  reports::MeasuredSearchFile file{.network = result.priced->network.graph.name(),
                                   .hardware = result.priced->hardware.name(),
                                   .engine = result.engine,
                                   .method = result.method,
                                   .seed = result.seed,
                                   .goal = result.goal,
                                   .budgets = result.budgets,
                                   .limits = {},
                                   .costs_at_8_bits = {},
                                   .quantizer = result.quantizer,
                                   .reward_data = result.reward_text,
                                   .final_data = result.final_text,
                                   .episodes = result.episodes,
                                   .start = {},
                                   .candidates = {},
                                   .differences = differences_of(result.candidates)};
  reports::Costs compared = told(result.priced->costs_at_8_bits);
  if (result.priced->reference == graph::Precision{8, 8})
    file.costs_at_8_bits = std::move(compared);
  else
    file.reference = {graph::to_text(result.priced->reference), std::move(compared)};
  if (const std::string named = result.priced->hardware.energy_technology(); !named.empty())
    file.energy_technology = named;
  for (const search::Limit& limit : result.limits)
    file.limits[search::cost_columns()[limit.cost]] = limit.value;
  for (const Candidate& candidate : result.candidates) {
    file.candidates.push_back(told(candidate, result.priced->network.layers));
    file.candidates.back().engine = result.engine;
  }
  if (result.start)
    file.start = {*result.start,
                  std::none_of(result.candidates.begin(), result.candidates.end(),
                               [](const Candidate& each) { return each.name == "start"; })};
  return file;
}

/// The greatest cost of that kind that a candidate has by the search's engine.
double most_of(const SearchResult& result, std::size_t kind) {
  double most = 0;
  for (const Candidate& candidate : result.candidates)
    if (const auto costs = candidate.costs.find(result.engine); costs != candidate.costs.end())
      most = std::max(most, costs->second[kind]);
  return most;
}

std::string candidates_table(const SearchResult& result, std::size_t max_width) {
  const auto& kinds = search::cost_kinds();
  std::vector<std::size_t> shown;
  for (std::size_t k = 0; k < kinds.size(); ++k)
    if (kinds[k].name == "latency" || kinds[k].name == "energy" || kinds[k].name == "size" ||
        std::any_of(result.limits.begin(), result.limits.end(),
                    [&](const search::Limit& limit) { return limit.cost == k; }))
      shown.push_back(k);
  std::vector<reports::Column> columns{
      {"policy", reports::Align::kLeft}, {"top-1 %"}, {"fine-tuned %"}};
  std::vector<ShownCost> costs_shown;
  for (const std::size_t k : shown) {
    costs_shown.push_back(shown_cost(kinds[k].column, most_of(result, k)));
    columns.push_back({costs_shown.back().heading()});
  }
  reports::TextTable table(columns);
  const auto add_row = [&](std::vector<std::string> row, const std::vector<double>* costs) {
    for (std::size_t i = 0; i < shown.size(); ++i)
      row.push_back(costs ? costs_shown[i].cell((*costs)[shown[i]], 4) : "-");
    table.add_row(row);
  };
  for (const Candidate& candidate : result.candidates) {
    const auto costs = candidate.costs.find(result.engine);
    add_row({candidate.label, top1(candidate.post_training),
             candidate.finetuned ? top1(*candidate.finetuned) : "-"},
            costs == candidate.costs.end() ? nullptr : &costs->second);
  }
  return table.text(max_width);
}

}  // namespace

std::map<std::string, std::vector<double>> costs_by_other_engines(
    const EngineChoice& asked, const PricedNetwork& priced, const graph::FilterPolicy& policy) {
  std::map<std::string, std::vector<double>> costs;
  for (const std::string& name : sim::engine_names()) {
    if (name == asked.name()) continue;
    EngineChoice engine = asked;
    engine.options = {.engine = sim::parse_engine(name)};
    try {
      costs[name] = policy_costs(engine, priced, policy).costs;
    } catch (const UserError& refusal) {
      if (!refusal.is_unsupported()) throw;  // else it does not model this machine
    }
  }
  return costs;
}

std::string search_result_json(const SearchResult& result) {
  return reports::json_text(file_of(result));
}

std::string search_result_text(const SearchResult& result, std::size_t max_width) {
  constexpr std::size_t kSentenceWidth = 80;  // where no terminal limits it
  const reports::MeasuredSearchFile file = file_of(result);
  const std::size_t width = std::min(max_width, kSentenceWidth);
  std::string text =
      fmt::format("{} on {}, {} engine, {}, quantizer {}\n{}\n\n{}\naccuracy of {}\n", file.network,
                  file.hardware, result.engine, result.method, result.quantizer, result.goal,
                  candidates_table(result, max_width), result.final_text) +
      reports::wrapped("energy by " + reports::energy_constants_text(
                                          result.priced->hardware.energy_technology()),
                       width, "");
  for (const std::string& line :
       reports::findings(file.candidates, file.differences, file.start, file.episodes))
    text += reports::wrapped(line, width, "");
  if (result.episodes > 0)
    text += reports::wrapped(
        fmt::format("{} episodes: {} policies measured in {:.1f} s, and {:.1f} s to choose them.",
                    result.episodes, result.measured, result.seconds, result.agent_seconds),
        width, "");
  if (!result.could_lose_less) return text;
  const Candidate& found = candidate_named(result.candidates, "found");
  return text + post_training_hint(found.label,
                                   nn::paired_difference_pct(
                                       candidate_named(result.candidates, "float").post_training,
                                       found.post_training));
}

}  // namespace bitloom::pipelines
