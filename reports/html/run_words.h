#pragma once

#include <string>

#include "reports/results/run.h"

/// Words about a run that several parts of the report have.
namespace bitloom::reports {

/// `93.50 ± 0.50 %`; `100.00 (94.18 to 100) %` where all answers are right.
std::string percent(const Accuracy& accuracy);

/// `90.00 ± 0.50 %, 93.50 ± 0.50 % fine-tuned`; empty where nothing was measured.
std::string accuracies(const Candidate& candidate);

/// Of what a run found, fine-tuned where it was; null where nothing was measured.
const Accuracy* final_accuracy(const Run& run);

}  // namespace bitloom::reports
