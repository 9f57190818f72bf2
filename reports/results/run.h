#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/results/measured_search_file.h"
#include "reports/results/search_file.h"
#include "reports/results/simulation_file.h"
#include "reports/results/verification_file.h"

/// A search's run as its folder tells it. What a run did not do is absent or empty.
namespace bitloom::reports {

/// `simulation.json` of the policy found, `simulation-NAME.json` of another.
struct PricedPolicy {
  std::string name;  // `found`, or NAME
  SimulationFile simulation;
};

/// How much the loss minds a tensor's quantization: the figure that the method measures.
struct TensorFigure {
  double value = 0;
  std::optional<double> standard_error;
};
struct LayerSensitivities {
  std::string name;
  std::optional<TensorFigure> weights, activations;
  std::map<int, double> weight_omega, activation_omega;  // by bits
};
struct Sensitivities {
  std::string method;
  std::string figure;  // what the TensorFigures are, in words
  std::vector<LayerSensitivities> layers;
};

struct Episode {
  std::int64_t number = 0;
  double reward = 0;
  std::optional<double> top1_pct, loss, best_reward, noise, seconds;
  bool within_budget = true;
  Costs costs;
};

struct Run {
  std::string name;                // the folder's last part
  std::string found_as = "found";  // what figures call the policy
  std::string network, hardware, method, engine, version;
  std::optional<std::int64_t> batch;
  std::vector<std::string> budgets;  // as asked: `latency=0.5x`
  std::string aim;                   // `least latency ..`; empty: the least loss
  Costs limits;
  std::string program;   // the command that made it: `search`
  std::string command;   // as typed; empty where the manifest has none
  std::string manifest;  // its text, indented by 2
  std::vector<LayerBits> policy;
  std::optional<SearchFile> solved;
  std::optional<Sensitivities> sensitivity;
  std::vector<FrontierPoint> frontier;
  std::vector<Episode> episodes;
  std::vector<Candidate> candidates;
  std::vector<Difference> differences;
  std::optional<Start> start;
  Costs costs_at_8_bits;  // or at compared_with; by `search.json` or `result.json`
  std::string compared_with = "8/8";
  std::string reward_data, final_data, quantizer;
  std::vector<PricedPolicy> priced;
  std::vector<Verdict> verdicts;
  std::vector<std::string> notes_on_verdicts;  // why `simulate` gives other cycles

  const Candidate* candidate(const std::string& name) const;
  /// The policy found, and the first one that it is compared with; null where there is none.
  const PricedPolicy* found() const;
  const PricedPolicy* reference() const;
};

/// What a run's folder has besides `simulation-NAME.json`, where the run got so far.
inline constexpr std::string_view kRunFiles[] = {
    "manifest.json", "policy.json",     "search.json", "sensitivity.json", "frontier.json",
    "result.json",   "simulation.json", "verify.json", "episodes.csv"};

/// Reads a run's folder. A UserError names the file and the place in it: no manifest, no JSON, a
/// value of another kind, a column missing.
Run read_run(const std::string& folder);

}  // namespace bitloom::reports
