#include "pipelines/learn/evaluation_report.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/shares.h"
#include "pipelines/learn/lost_points.h"
#include "reports/results/measured_search_file.h"
#include "reports/text/text_table.h"

namespace bitloom::pipelines {
namespace {

using nlohmann::ordered_json;

/// What both kinds of evaluations were asked. A split is there where one was given.
ordered_json inputs_json(const EvaluateOptions& options) {
  ordered_json json{{"schema", 1},
                    {"network", options.network.name},
                    {"weights", options.weights},
                    {"data", options.data.spec}};
  if (options.data.split) json["split"] = *options.data.split;
  return json;
}

void add_calibration(const EvaluateOptions& options, const std::string& text, std::int64_t images,
                     ordered_json& json) {
  json["calibration"] = text;
  json["calibration_images"] = images;
  const auto& given = options.quantization.calibration;
  if (given && given->split) json["calibration_split"] = *given->split;
}

std::string bits_text(const graph::Policy& policy) {
  const bool uniform = std::all_of(policy.begin(), policy.end(),
                                   [&](const graph::Precision& p) { return p == policy.front(); });
  return uniform ? graph::to_text(policy.front()) : "mixed";
}

/// What to do about answers by chance: of quantizers that must be trained, and were not, and of
/// networks in single precision; and about points that other levels may not lose.
std::string hint(const Evaluation& evaluation) {
  if (const auto& lost = evaluation.lost_points)
    return post_training_hint(bits_text(evaluation.quantized->policy), *lost);
  if (!evaluation.accuracy.is_by_chance(evaluation.classes)) return "";
  if (!evaluation.quantized) return reports::wrapped(kByChance, 80, "");
  if (evaluation.calibration.empty() || !evaluation.quantized->needs_training) return "";
  return reports::wrapped(fmt::format("{} is made to be trained with: `bitloom finetune` first",
                                      evaluation.quantized->scheme),
                          80, "");
}

/// Of the policy that lost most.
std::string hint(const PolicyScores& scores) {
  const auto most =
      std::max_element(scores.lost_points.begin(), scores.lost_points.end(),
                       [](const nn::PairedDifference& a, const nn::PairedDifference& b) {
                         return a.value < b.value;
                       });
  if (most == scores.lost_points.end()) return "";
  return post_training_hint(
      scores.files[static_cast<std::size_t>(most - scores.lost_points.begin())], *most);
}

std::string images_text(std::int64_t count) {
  return count == 1 ? "1 image" : fmt::format("{} images", count);
}

/// What was measured, how its levels were set where `calibration` says, and on which images.
std::string heading(const std::string& what, const std::string& calibration,
                    const std::string& images, std::size_t width) {
  return reports::wrapped(what, width, "") +
         (calibration.empty() ? "" : reports::wrapped("calibrated on " + calibration, width, "")) +
         reports::wrapped(images, width, "");
}

}  // namespace

reports::Accuracy reported(const nn::Accuracy& accuracy) {
  reports::Accuracy told{.images = accuracy.images,
                         .top1_pct = accuracy.top1_pct.value,
                         .top1_stderr_pct = {},
                         .top5_pct = accuracy.top5_pct.value,
                         .top5_stderr_pct = {},
                         .loss = accuracy.loss.value,
                         .loss_stderr = {}};
  if (accuracy.images > 1) told.loss_stderr = accuracy.loss.standard_error;
  const auto tell = [&](const nn::Estimate& share, std::optional<double>& error,
                        std::vector<double>& range) {
    if (const auto between = range_of_share(share.value, accuracy.images))
      range = {between->least_pct, between->most_pct};
    else
      error = share.standard_error;
  };
  tell(accuracy.top1_pct, told.top1_stderr_pct, told.top1_range_pct);
  tell(accuracy.top5_pct, told.top5_stderr_pct, told.top5_range_pct);
  return told;
}

std::string evaluation_json(const EvaluateOptions& options, const Evaluation& evaluation) {
  ordered_json result = inputs_json(options);
  result["arithmetic"] = evaluation.arithmetic;
  if (!evaluation.calibration.empty())
    add_calibration(options, evaluation.calibration, evaluation.calibration_images, result);
  if (evaluation.quantized) result["quantization"] = quantization_json(*evaluation.quantized);
  result.update(reports::to_json(reported(evaluation.accuracy)));
  result["images_per_second"] = evaluation.images_per_second;
  return json_text(result) + "\n";
}

std::string evaluation_text(const EvaluateOptions& options, const Evaluation& evaluation,
                            std::size_t width) {
  const nn::Accuracy& accuracy = evaluation.accuracy;
  std::string how = evaluation.arithmetic;
  if (evaluation.quantized)
    how = fmt::format("{} by {}: {}", bits_text(evaluation.quantized->policy),
                      evaluation.quantized->how(), how);
  const auto line = [&](const char* what, const nn::Estimate& share) {
    const std::string text = share_text(share.value, share.standard_error, accuracy.images);
    const std::size_t end = text.find(' ');  // of the figure itself
    return fmt::format("{:<8}{:>9}{} %\n", what, text.substr(0, end), text.substr(end));
  };
  const std::string loss =
      loss_text(accuracy.loss.value, accuracy.loss.standard_error, accuracy.images);
  return heading(fmt::format("{}, {}", options.network.name, how), evaluation.calibration,
                 fmt::format("{} of {}, {:.0f} a second", images_text(accuracy.images),
                             options.data.spec, evaluation.images_per_second),
                 width) +
         line("top-1", accuracy.top1_pct) + line("top-5", accuracy.top5_pct) +
         fmt::format("{:<8}{:>9}{}\n", "loss", loss.substr(0, loss.find(' ')),
                     loss.substr(loss.find(' '))) +
         hint(evaluation);
}

std::string statistics_text(const reports::StatisticsFile& statistics, const std::string& file,
                            std::size_t width) {
  std::string text;
  const auto add = [&](const char* what, reports::OperandOf operand) {
    std::string line =
        fmt::format("{}: {:.1f} % are 0", what, reports::zero_pct(statistics, operand));
    if (const auto* worst = reports::noisiest(statistics, operand))
      line += fmt::format("; least signal to noise: {:.1f} dB, in {}", *(worst->*operand)->sqnr_db,
                          worst->bits.name);
    text += reports::wrapped(line, width, "");
  };
  add("weights", &reports::LayerStatistics::weights);
  add("activations", &reports::LayerStatistics::activations);
  return text +
         reports::wrapped(
             fmt::format("levels of each layer are in {0}: `bitloom report {0}` draws them", file),
             width, "");
}

std::string policy_scores_json(const EvaluateOptions& options, const PolicyScores& scores) {
  ordered_json policies = ordered_json::array();
  for (std::size_t i = 0; i < scores.files.size(); ++i) {
    ordered_json& row = policies.emplace_back(reports::to_json(reported(scores.accuracies[i])));
    row["policy"] = scores.files[i];
  }
  ordered_json result = inputs_json(options);
  if (!scores.calibration.empty())
    add_calibration(options, scores.calibration, scores.calibration_images, result);
  result["quantizer"] = scores.scheme;
  result["policies"] = policies;
  return json_text(result) + "\n";
}

std::string policy_scores_text(const EvaluateOptions& options, const PolicyScores& scores,
                               std::size_t width) {
  reports::TextTable table({{"policy", reports::Align::kLeft}, {"top-1 %"}, {"top-5 %"}, {"loss"}});
  for (std::size_t i = 0; i < scores.files.size(); ++i) {
    const nn::Accuracy& accuracy = scores.accuracies[i];
    const auto share = [&](const nn::Estimate& estimate) {
      return share_text(estimate.value, estimate.standard_error, accuracy.images);
    };
    table.add_row({scores.files[i], share(accuracy.top1_pct), share(accuracy.top5_pct),
                   loss_text(accuracy.loss.value, accuracy.loss.standard_error, accuracy.images)});
  }
  const std::string levels = scores.calibration.empty() ? "trained at several widths"
                                                        : "calibrated on " + scores.calibration;
  return heading(fmt::format("{} by {}, {}", options.network.name, scores.scheme, levels), "",
                 fmt::format("{} of {}", images_text(scores.accuracies.front().images),
                             options.data.spec),
                 width) +
         "\n" + table.text(width) + hint(scores);
}

}  // namespace bitloom::pipelines
