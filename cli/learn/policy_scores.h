#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/learn/model_loading.h"
#include "models/torch/accuracy.h"

/// `bitloom evaluate --policies`: many policies on one load of weights and images.
namespace bitloom::cli {

/// Where single precision does no better than guessing.
inline constexpr const char* kByChance =
    "that is no more than guessing: are these images, their labels and --normalization the "
    "network's?";

/// Policies from files; first and last layer at `edge_layers` where given.
std::vector<graph::Policy> read_policies(const std::vector<std::string>& files,
                                         const std::optional<std::string>& edge_layers,
                                         const Network& network);

struct ScoringImages {
  std::shared_ptr<const data::Dataset> calibration, scored;
};

/// The accuracy of each policy, post-training; see search::AccuracyOracle. Shows progress.
std::vector<nn::Accuracy> accuracies_of(const std::vector<graph::Policy>& policies,
                                        const LoadedWeights& weights, const nn::Quantization& how,
                                        const ScoringImages& images,
                                        const data::LoaderOptions& loading);

/// `images`, `top1_pct`, `top1_stderr_pct`, ..
nlohmann::ordered_json accuracy_json(const nn::Accuracy& accuracy);

struct PolicyScores {
  std::string network, weights, data, calibration;
  std::string quantizer;
  std::vector<std::string> files;
  std::vector<nn::Accuracy> accuracies;  // of each file
};
std::string policy_scores_json(const PolicyScores& scores);
std::string policy_scores_text(const PolicyScores& scores, std::size_t width);

}  // namespace bitloom::cli
