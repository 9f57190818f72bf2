#include "cli/learn/policy_scores.h"

#include <fmt/format.h>

#include "cli/progress.h"
#include "reports/text/text_table.h"
#include "search/measure/accuracy_oracle.h"

namespace bitloom::cli {

std::vector<graph::Policy> read_policies(const std::vector<std::string>& files,
                                         const std::optional<std::string>& edge_layers,
                                         const Network& network) {
  std::vector<graph::Policy> policies;
  for (const std::string& file : files)
    policies.push_back(PolicyOptions{{}, file, edge_layers}.load(network));
  return policies;
}

std::vector<nn::Accuracy> accuracies_of(const std::vector<graph::Policy>& policies,
                                        const LoadedWeights& weights, const nn::Quantization& how,
                                        const ScoringImages& images,
                                        const data::LoaderOptions& loading) {
  data::Loader calibration(images.calibration, loading), scored(images.scored, loading);
  search::AccuracyOracle oracle(weights.runnable, how, calibration, scored);
  Progress progress("evaluate", "policies");
  std::vector<nn::Accuracy> accuracies;
  for (const graph::Policy& policy : policies) {
    accuracies.push_back(oracle(policy));
    progress.update(static_cast<double>(accuracies.size()),
                    static_cast<std::int64_t>(policies.size()));
  }
  return accuracies;
}

nlohmann::ordered_json accuracy_json(const nn::Accuracy& accuracy) {
  return {{"images", accuracy.images},
          {"top1_pct", accuracy.top1_pct.value},
          {"top1_stderr_pct", accuracy.top1_pct.standard_error},
          {"top5_pct", accuracy.top5_pct.value},
          {"top5_stderr_pct", accuracy.top5_pct.standard_error},
          {"loss", accuracy.loss.value},
          {"loss_stderr", accuracy.loss.standard_error}};
}

std::string policy_scores_json(const PolicyScores& scores) {
  nlohmann::ordered_json policies = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < scores.files.size(); ++i) {
    nlohmann::ordered_json& row = policies.emplace_back(accuracy_json(scores.accuracies[i]));
    row["policy"] = scores.files[i];
  }
  return nlohmann::ordered_json{{"schema", 1},
                                {"network", scores.network},
                                {"weights", scores.weights},
                                {"data", scores.data},
                                {"calibration", scores.calibration},
                                {"quantizer", scores.quantizer},
                                {"policies", policies}}
             .dump() +
         "\n";
}

std::string policy_scores_text(const PolicyScores& scores, std::size_t width) {
  reports::TextTable table({{"policy", reports::Align::kLeft}, {"top-1 %"}, {"top-5 %"}, {"loss"}});
  const auto cell = [](const nn::Estimate& estimate, int digits) {
    return fmt::format("{:.{}f} +- {:.{}f}", estimate.value, digits, estimate.standard_error,
                       digits);
  };
  for (std::size_t i = 0; i < scores.files.size(); ++i) {
    const nn::Accuracy& accuracy = scores.accuracies[i];
    table.add_row({scores.files[i], cell(accuracy.top1_pct, 2), cell(accuracy.top5_pct, 2),
                   cell(accuracy.loss, 4)});
  }
  return fmt::format("{} by {}, calibrated on {}\n{} images of {}\n\n", scores.network,
                     scores.quantizer, scores.calibration, scores.accuracies.front().images,
                     scores.data) +
         table.text(width);
}

}  // namespace bitloom::cli
