#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/results/run.h"

/// Costs of runs that stand beside each other: of the whole batch, or of an image where the runs'
/// batches differ.
namespace bitloom::reports {

/// None where the run's folder does not tell it.
std::optional<std::int64_t> batch_of(const Run& run);

bool share_batch(const std::vector<Run>& runs);
bool share_hardware(const std::vector<Run>& runs);
/// Hardware and batch: what a budget is of.
bool share_machine(const std::vector<Run>& runs);

/// Time, energy and traffic divided by the batch; the weights' size and BOPs, which are of an image
/// anyway, as they are. Empty of a run whose batch is not known.
Costs costs_of_image(const Costs& costs, const Run& run);

/// What a column of such a cost is named: `latency_per_image_ms`.
std::string column_of_image(const std::string& cost);

}  // namespace bitloom::reports
