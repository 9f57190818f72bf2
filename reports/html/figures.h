#pragma once

#include <optional>

#include "reports/html/figure.h"
#include "reports/results/run.h"

/// From runs to figures; none where the run has not what it takes.
namespace bitloom::reports {

/// Weight bits up, activation bits down, as HAQ's figures draw policies (Wang et al., CVPR 2019).
std::optional<Figure> bits_figure(const Run& run);
/// Per layer, of the policy found and of the one it is compared with.
std::optional<Figure> latency_figure(const Run& run);
std::optional<Figure> energy_figure(const Run& run);
/// BOPs a DRAM byte against BOPs a second of each layer under the machine's peaks (Williams et al.,
/// CACM 2009).
std::optional<Figure> roofline_figure(const Run& run);
std::optional<Figure> sensitivity_figure(const Run& run);
/// Reward of each episode and the best so far.
std::optional<Figure> history_figure(const Run& run);
/// Cost of each episode over its limit.
std::optional<Figure> cost_ratio_figure(const Run& run);
/// The best reward so far of several runs.
std::optional<Figure> best_rewards_figure(const std::vector<Run>& runs);
/// Accuracy against cost of all candidates and episodes.
std::optional<Figure> front_figure(const std::vector<Run>& runs);
/// Omega against the first budget's cost.
std::optional<Figure> frontier_figure(const Run& run);
/// Tables: the candidates' costs and accuracy, the RTL's verdicts, runs beside each other.
/// What each layer's last bits saved and cost.
std::optional<Figure> why_figure(const Run& run);
std::optional<Figure> candidates_figure(const Run& run);
std::optional<Figure> verdicts_figure(const Run& run);
Figure comparison_figure(const std::vector<Run>& runs);

/// The cost that a run is about: its first limit's, else latency.
std::string main_cost(const Run& run);
/// What tables show first: the cost that the run is about, time, energy and size.
std::vector<std::string> first_costs(const Run& run);
/// `latency_ms` -> `latency (ms)`.
std::string with_unit(const std::string& column);
/// A layer's weight bits; where filters differ, their mean to a tenth.
Json told_weight_bits(const LayerBits& layer);
/// What the policy found costs, by name; empty where nothing tells.
Costs found_costs(const Run& run);

}  // namespace bitloom::reports
