#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/engine_option.h"
#include "cli/options.h"
#include "pipelines/policy_costs.h"
#include "pipelines/search_space.h"

namespace bitloom::cli {

/// What a search is asked: a network, hardware, bits that layers may have, and budgets.
struct SearchSpaceOptions {
  LayersOption network;  // added by its command: not every search takes a table
  HardwareOption hardware;
  EngineOption engine;
  std::vector<std::string> budgets;
  std::string weight_bits = "2-8";
  std::string activation_bits = "2-8";
  std::optional<std::string> edge_layers;
  std::optional<std::string> constraints;

  void add_to(CLI::App& command);
  pipelines::SearchSpace space() const;
};

/// `--time-limit`.
std::optional<double> parse_seconds(const std::optional<std::string>& text);

}  // namespace bitloom::cli
