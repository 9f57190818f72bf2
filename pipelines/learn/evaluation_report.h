#pragma once

#include <string>

#include "pipelines/learn/evaluate.h"
#include "reports/results/costs.h"

/// Evaluations as text and JSON.
namespace bitloom::pipelines {

/// What to ask where single precision does no better than guessing.
inline constexpr const char* kByChance =
    "that is no more than guessing: are these images, their labels and --normalize the "
    "network's?";

reports::Accuracy reported(const nn::Accuracy& accuracy);

/// `evaluate --json`, schema 1.
std::string evaluation_json(const EvaluateOptions& options, const Evaluation& evaluation);
/// How, on what, top-1, top-5, loss, each on lines of their own of at most `width` columns; and
/// what to do about answers by chance.
std::string evaluation_text(const EvaluateOptions& options, const Evaluation& evaluation,
                            std::size_t width);

/// Zeros and noise of all layers in a few lines, at most `width` wide; `file` has the rest.
std::string statistics_text(const reports::StatisticsFile& statistics, const std::string& file,
                            std::size_t width);

/// `evaluate --policies --json`, schema 1.
std::string policy_scores_json(const EvaluateOptions& options, const PolicyScores& scores);
/// A row a policy, at most `width` wide where names allow.
std::string policy_scores_text(const EvaluateOptions& options, const PolicyScores& scores,
                               std::size_t width);

}  // namespace bitloom::pipelines
