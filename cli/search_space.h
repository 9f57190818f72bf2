#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/engine_option.h"
#include "cli/options.h"
#include "search/problem/network_problem.h"

namespace bitloom::cli {

/// A network on hardware with what each layer costs at the bits that it may have.
struct PricedNetwork {
  Network network;
  hardware::Hardware hardware;
  search::NetworkProblem problem;
  std::vector<double> costs_at_8_bits;  // by search::cost_kinds()
};

/// What a search is asked: a network, hardware, bits that layers may have, and budgets.
struct SearchSpaceOptions {
  NetworkOption network;
  HardwareOption hardware;
  EngineOption engine;
  std::vector<std::string> budgets;
  std::string weight_bits = "2-8";
  std::string activation_bits = "2-8";
  std::optional<std::string> edge_layers;
  std::optional<std::string> constraints;

  void add_to(CLI::App& command);
  /// Prices every layer. Omega is that of the file `sensitivity`, otherwise 0.
  PricedNetwork price(const std::optional<std::string>& sensitivity) const;
  std::vector<search::Limit> limits(const PricedNetwork& priced) const;
  /// `simulate --json` of a policy, by the engine that prices.
  std::string simulation_json(const PricedNetwork& priced, const graph::Policy& policy) const;
  /// Says which limits the policy breaks when it is priced as a whole: tables price each layer as
  /// if others had its bits. Empty where it breaks none.
  std::string broken_limits_text(const PricedNetwork& priced, const graph::Policy& policy) const;
  /// What of a run's manifest is the space's.
  nlohmann::ordered_json manifest(const PricedNetwork& priced) const;
};

/// Null where nothing is given.
nlohmann::ordered_json or_null(const std::optional<std::string>& given);

}  // namespace bitloom::cli
