#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/torch/accuracy.h"
#include "pipelines/policy_costs.h"
#include "pipelines/search_space.h"

namespace bitloom::pipelines {

/// A policy that a search's result tells of.
struct Candidate {
  std::string name;                                       // `found`, `uniform`, `start`, `float`
  std::string label;                                      // `haq`, `uniform 4/5`
  std::optional<graph::FilterPolicy> policy = {};         // none: single precision
  std::map<std::string, std::vector<double>> costs = {};  // by engine; each by cost_kinds()
  nn::Accuracy post_training = {};
  std::optional<nn::Accuracy> finetuned = {};
  std::optional<sim::EnergyRange> energy = {};  // by the bounds of constants
};

struct SearchResult {
  std::string method;
  std::string goal;  // in words
  std::shared_ptr<const PricedNetwork> priced;
  std::string engine;                // that the search priced with
  std::vector<std::string> budgets;  // as they were asked for
  std::vector<search::Limit> limits;
  std::string quantizer;
  std::int64_t seed = 0;
  std::int64_t episodes = 0;
  std::int64_t measured = 0;              // policies of them, each once
  double seconds = 0, agent_seconds = 0;  // that episodes took to measure, and their searcher
  std::string reward_text, final_text;    // images
  std::optional<std::string> start = {};  // the method whose policy the search began at
  std::vector<Candidate> candidates = {};
  /// Whether `--ptq` could have chosen the levels, and neither it nor training did.
  bool could_lose_less = false;
};

/// What the policy costs by every engine that prices the machine but the one that was `asked` for,
/// by cost_kinds().
std::map<std::string, std::vector<double>> costs_by_other_engines(
    const EngineChoice& asked, const PricedNetwork& priced, const graph::FilterPolicy& policy);

std::string search_result_json(const SearchResult& result);
/// A row each candidate, then what the policy found gained.
std::string search_result_text(const SearchResult& result, std::size_t max_width);

}  // namespace bitloom::pipelines
