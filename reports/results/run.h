#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

/// A search's run as its folder tells it. What a run did not do is absent or empty.
namespace bitloom::reports {

/// By name with unit, such as `latency_ms`; costs of the whole batch.
using Costs = std::map<std::string, double>;

struct LayerBits {
  std::string name;
  int weight_bits = 0;
  int activation_bits = 0;
};

struct Accuracy {
  double top1_pct = 0;
  std::optional<double> top1_stderr_pct;
  std::optional<double> loss;
  std::optional<double> loss_stderr;
  std::optional<std::int64_t> images;
};

/// A policy whose final accuracy was measured: the one found, or one it is compared with.
struct Candidate {
  std::string name;   // found, uniform, float, 8/8, ...
  std::string label;  // for people
  std::string method;
  std::vector<LayerBits> layers;       // empty in single precision
  std::map<std::string, Costs> costs;  // by engine
  std::optional<Accuracy> post_training;
  std::optional<Accuracy> finetuned;

  /// By the analytic engine, else by any; empty where it was not priced.
  Costs cost() const;
};

/// What the hardware can do at most.
struct Machine {
  double peak_bops_per_s = 0;   // MACs x W x A
  double dram_bytes_per_s = 0;  // DRAM's peak, or of all ports together
};

/// A layer as `simulate --json` tells it; all for the whole batch.
struct LayerCosts {
  LayerBits bits;
  std::string kind;
  double latency_ms = 0, compute_ms = 0, fetch_stall_ms = 0, result_stall_ms = 0;
  double conversion_ms = 0;
  double compute_mj = 0, buffer_mj = 0, dram_mj = 0, static_mj = 0;
  double dram_bytes = 0;
  double bops = 0;
};

/// A `simulate --json`: `simulation.json` of the policy found, `simulation-NAME.json` of another.
struct PricedPolicy {
  std::string name;  // `found`, or NAME
  std::string engine;
  std::int64_t batch = 1;
  std::vector<LayerCosts> layers;
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

/// `search.json`: what a search by sensitivities proved.
struct Solved {
  double omega = 0;
  double bound = 0;
  bool proved_optimal = false;
  Costs costs;
  std::vector<Costs> layer_costs;
};

struct FrontierPoint {
  double omega = 0;
  Costs costs;
};

struct Episode {
  std::int64_t number = 0;
  double reward = 0;
  std::optional<double> top1_pct, loss, best_reward, noise, seconds;
  bool within_budget = true;
  Costs costs;
};

struct Verdict {
  LayerBits bits;
  std::int64_t values = 0;
  bool values_equal = false;
  std::int64_t rtl_cycles = 0;
  std::optional<std::int64_t> analytic_cycles, systemc_cycles;
  bool passed = false;
  std::string complaint;
};

struct Run {
  std::string name;  // the folder's last part
  std::string network, hardware, method, engine, version;
  std::optional<std::int64_t> batch;
  std::vector<std::string> budgets;  // as asked: `latency=0.5x`
  std::string aim;                   // `least latency ..`; empty: the least loss
  Costs limits;
  std::string command;  // as typed; empty where the manifest has none
  nlohmann::ordered_json manifest;
  std::optional<Machine> machine;
  std::vector<LayerBits> policy;
  std::optional<Solved> solved;
  std::optional<Sensitivities> sensitivity;
  std::vector<FrontierPoint> frontier;
  std::vector<Episode> episodes;
  std::vector<Candidate> candidates;
  Costs costs_at_8_bits;  // by `search.json` or `result.json`
  std::string reward_data, final_data, quantizer;
  std::vector<PricedPolicy> priced;
  std::vector<Verdict> verdicts;

  const Candidate* candidate(const std::string& name) const;
  /// The policy found, and the first one that it is compared with; null where there is none.
  const PricedPolicy* found() const;
  const PricedPolicy* reference() const;
};

/// Reads a run's folder. A UserError names the file and the place in it: no manifest, no JSON, a
/// value of another kind, a column missing.
Run read_run(const std::string& folder);

}  // namespace bitloom::reports
