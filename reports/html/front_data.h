#pragma once

#include <string>
#include <vector>

#include "reports/html/figure.h"
#include "reports/results/run.h"

/// What the figure of accuracy against cost shows of runs.
namespace bitloom::reports::front {

constexpr std::size_t kLabel = 1, kRole = 2, kCost = 4;  // columns

/// Columns `run`, `label`, `role` (found, policy, reference), `stage`, the cost (of an image where
/// batches differ), `top1_pct`, `top1_stderr_pct`, `images`, `hardware`, `batch`: a row for each
/// measured accuracy of a policy. What several runs found alike, or are compared with, is there
/// once, named after them; other labels that runs share have the run's name before them.
DataTable policies(const std::vector<Run>& runs, const std::string& cost);

/// Appends the search's episodes; false where none has both cost and accuracy.
bool add_episodes(const Run& run, const std::string& cost, DataTable& data);

}  // namespace bitloom::reports::front
