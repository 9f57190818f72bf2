#pragma once

#include <optional>
#include <string>

#include "cli/search_space.h"
#include "pipelines/policy_search.h"

namespace bitloom::cli {

/// `search` of a network on hardware, by a file of sensitivities.
struct NetworkSearchOptions {
  std::string method = "hawq-v3";
  SearchSpaceOptions space;
  std::string sensitivity;
  std::optional<std::string> minimize;
  std::optional<std::string> max_omega;
  std::optional<std::string> folder;

  void add_to(CLI::App& command);
  /// Without what searches of problems share. A UserError where a required option is missing.
  pipelines::PolicySearchOptions choice(const CLI::App& command) const;
};

/// A UserError where one of the options of a network's search is given beside `--problem`.
void require_no_network(const CLI::App& command);

}  // namespace bitloom::cli
