#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/progress.h"
#include "cli/search_space.h"
#include "search/solvers/exact.h"

namespace bitloom::cli {

/// `search` of a network on hardware, by a file of sensitivities.
struct NetworkSearchOptions {
  std::string method = "hawq-v3";
  SearchSpaceOptions space;
  std::string sensitivity;
  std::optional<std::string> minimize;
  std::optional<std::string> max_omega;
  std::optional<std::string> points;
  std::optional<std::string> folder;

  void add_to(CLI::App& command);
};

/// A UserError where one of the options of a network's search is given beside `--problem`.
void require_no_network(const CLI::App& command);

/// Solves for so many seconds at most and tells `progress` how far the best policy and its bound
/// still are apart.
search::SolveOptions telling(std::optional<double> seconds, Progress& progress);

/// `--pareto`'s number of points.
std::optional<std::size_t> parse_points(const std::optional<std::string>& text);

void search_network(const NetworkSearchOptions& options, const CLI::App& command,
                    const std::optional<std::string>& json, std::optional<double> seconds);

}  // namespace bitloom::cli
